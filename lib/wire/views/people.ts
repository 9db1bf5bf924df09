import type { PeopleQuery } from '#lib/wire/people'
import type { SlackUser } from '#lib/wire/slack/buttons'
import type { Instant, ProofWays } from './common'

/** Everybody here, as everybody here may see them. */
export interface PeopleView {
  tab: PeopleQuery['tab']
  tabCounts: Record<PeopleQuery['tab'], number>
  text: string
  /** Whether Slack is set up: else nothing is said of links. */
  hasSlack: boolean
  /** Whether the viewer may unlink others. */
  canUnlink: boolean
  /** How the viewer may prove that it is them who resets or unlocks; null for whoever is no admin, or may do nothing by this session. */
  ways: ProofWays | null
  rows: PersonRowView[]
  /** Id of the last person of this page, when more follow. */
  nextAfter: string | null
}

export interface PersonRowView {
  id: string
  name: string
  email: string
  isActive: boolean
  isViewer: boolean
  /** In words: "Release manager". */
  roles: string[]
  groups: { label: string; endsAt: Instant | null }[]
  /** Factors that prove a vote, and those that wait for a second person. */
  factorCount: number
  waitingFactorCount: number
  /** For admins alone, and of those who are active. */
  account: PersonAccountView | null
  slack: SlackLinkView | null
}

/** What an admin sees of somebody's account. */
export interface PersonAccountView {
  passkeyCount: number
  hasApp: boolean
  lockedUntil: Instant | null
  recoveryCodeCount: number
  /** The latest session's beginning; null: never. */
  lastSignInAt: Instant | null
}

/** The Slack user that asked to be linked. */
export type SlackLinkAskedView = Omit<SlackLinkView, 'linkedAt'> & {
  /** What a proof is bound to. */
  user: SlackUser
  ways: ProofWays
}

/** As Slack named the user when the link was made: anybody may call themselves anything there, the id is what counts. */
export interface SlackLinkView {
  userName: string
  userId: string
  /** Name of the workspace; its id when it is not the one this installation works in. */
  workspace: string
  linkedAt: Instant
}
