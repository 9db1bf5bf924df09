import type { Instant } from './common'
import type { SlackFaultView } from './deliveries'

/** How Slack is set up here, for admins. */
export interface SlackSetupView {
  appId: string
  /** `socket`: a process of ours holds a connection to Slack. `http`: Slack calls PUBLIC_URL. */
  mode: 'http' | 'socket'
  /** Where the bot token comes from, or could. */
  token: 'oauth' | 'environment' | 'none'
  workspace: SlackWorkspaceView | null
  /** Why nothing gets through: calls are refused or not answered, or the app was removed in Slack. */
  fault: SlackFaultView | null
  /** Active people, and how many of them are linked. */
  linkedCount: number
  peopleCount: number
  routing: {
    /** What the editor starts from: the newest version, or an older one that was asked for. */
    source: string
    /** Ordinal of that version; null when there is none. */
    ordinal: number | null
    /** Newest first. */
    versions: RoutingVersionView[]
  }
}

export interface SlackWorkspaceView {
  teamName: string
  teamId: string
  enterpriseId: string
  botUserId: string
  installedAt: Instant
  /** Null: from the environment. */
  installedByName: string | null
  /** Whether the token is exchanged for a new one before it ends. */
  isRotated: boolean
  pausedUntil: Instant | null
}

export interface RoutingVersionView {
  ordinal: number
  publishedAt: Instant
  publishedByName: string | null
}
