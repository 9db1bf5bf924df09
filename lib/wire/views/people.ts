import type { Role } from '#lib/wire/change'
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
  /** For admins alone. */
  dualControl: DualControlView | null
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

/** What nobody could give any more once a change is made: a warning, never a refusal. */
export interface UnmetView {
  /** Approvals of the policy in force, a sentence each. */
  rules: string[]
  /** Open tickets, and the newest of them. */
  ticketCount: number
  /** There are more open tickets than were looked at. */
  isAtLeast: boolean
  /** `goal`: caller's text. */
  tickets: { id: string; goal: string }[]
}

/** What ends when somebody is deactivated, and what they leave behind. */
export interface LeavingView {
  sessionCount: number
  slackUser: string | null
  /** API keys that they made. */
  keyCount: number
  callers: string[]
  callerCount: number
  /** Open tickets that wait for a vote which they could give; counted to a bound. */
  neededCount: number
}

/** What a change would bring, read as its dialog opens. */
export interface ChangePreview {
  unmet: UnmetView | null
  leaving: LeavingView | null
}

export interface DualControlView {
  /** null: a change takes no second admin. */
  since: Instant | null
  adminsWithFactor: number
}

/** One person, as everybody here may see them; `account` and `acts` for admins alone. */
export interface PersonPageView {
  id: string
  name: string
  email: string
  isActive: boolean
  isViewer: boolean
  addedAt: Instant
  leftAt: Instant | null
  roles: Role[]
  groups: MembershipView[]
  factorCount: number
  waitingFactorCount: number
  hasSlack: boolean
  slack: SlackLinkView | null
  callers: { id: string; name: string }[]
  callerCount: number
  /** Newest first. */
  votes: PersonVoteView[]
  account:
    | (PersonAccountView & {
        sessionCount: number
        factors: PersonFactorView[]
        /** Where an account for single sign-on is linked to them, such as id.example; null: nowhere. */
        singleSignOn: string | null
      })
    | null
  acts: PersonActsView | null
}

export interface MembershipView {
  name: string
  label: string
  endsAt: Instant | null
  /** Kept by the role of admin: nobody is put into it or taken out of it otherwise. */
  isByRole: boolean
}

export interface PersonFactorView {
  key: string
  name: string
  addedAt: Instant
  isConfirmed: boolean
}

export interface PersonVoteView {
  id: string
  requestId: string
  /** Caller's text. */
  goal: string
  choice: string
  at: Instant
  /** Neither withdrawn nor replaced. */
  isLive: boolean
}

export interface PersonActsView {
  ways: ProofWays
  dualControl: DualControlView
  /** Groups that they are not in and could be put into. */
  groups: { name: string; label: string }[]
}
