import type { FactorRef } from '#lib/wire/auth'
import type { NewsLink } from '../caller-news'
import type { Instant, ProofWays } from './common'
import type { SlackLinkView } from './people'

/** What the account page shows. Times are RFC 3339. */
export interface AccountView {
  person: {
    name: string
    email: string
    roles: readonly string[]
    groups: readonly { label: string; endsAt: Instant | null }[]
  }
  /** How the person may prove that it is them who changes factors; neither: nothing is asked for, or nothing counts. */
  ways: ProofWays
  /** The session was begun by a recovery code: it does nothing that asks for a factor. */
  isRecovery: boolean
  recovery: RecoveryView
  /** Codes of the authenticator app are locked until then; null: they are not. `unlockers`: "Aiko Mori or Tomás Rey", empty for nobody. */
  lock: { until: Instant; unlockers: string } | null
  factors: readonly FactorView[]
  sessions: readonly SessionView[]
  /** Factors of other people that this person may confirm, oldest first. */
  waiting: readonly WaitingFactorView[]
  /** Whether Slack is set up, and as whom this person acts there. */
  slack: { isOn: boolean; link: SlackLinkView | null }
}

export interface FactorView {
  /** One text for one factor, fit for an element's id. */
  key: string
  ref: FactorRef
  name: string
  addedAt: Instant
  lastUsedAt: Instant | null
  /** Passkeys: whether its maker copies it between devices; null where nobody said. */
  synced: boolean | null
  standing: FactorStanding
}

/**
 * `waits`: it proves nothing yet. `confirmers`: "Aiko Mori or Tomás Rey", empty for nobody. `mayConfirmAlone`: nobody else
 * here has a factor, so the lone admin confirms their own.
 */
export type FactorStanding =
  | { kind: 'confirmed'; at: Instant; by: 'self' | 'other'; byName: string | null }
  | { kind: 'waits'; confirmers: string; mayConfirmAlone: boolean }

export interface WaitingFactorView {
  key: string
  ref: FactorRef
  name: string
  addedAt: Instant
  person: { name: string; email: string }
  /** False: this viewer made that person a sign-in link lately, so the two might be one human. */
  isSecondHuman: boolean
}

export interface SessionView {
  id: string
  isThis: boolean
  /** "Firefox on Windows", as the browser said of itself; null when it said nothing that is known. */
  browser: string | null
  method: 'link' | 'passkey' | 'oidc' | 'recovery'
  startedAt: Instant
  lastSeenAt: Instant
}

/** `madeAt` null: none were ever made, or a reset took them. `isFew`: time to make new ones. */
export interface RecoveryView {
  leftCount: number
  madeAt: Instant | null
  isFew: boolean
}

/** `aboutCaller`: nothing of the account changed, and nobody did it; null: about the account. */
export interface AccountNewsView {
  id: string
  text: string
  at: Instant
  aboutCaller: { link: NewsLink | null } | null
}

/** What every page tells a person about their account. Texts are Countersign's own. */
export interface AccountNoticesView {
  isRecovery: boolean
  /** Who confirms what a session by recovery code adds: "Aiko Mori or Tomás Rey", empty for nobody. */
  confirmers: string
  /** Newest first, as many as a page shows. */
  news: readonly AccountNewsView[]
  moreCount: number
  /** Who is told when a person says that it was not them. */
  adminNames: readonly string[]
}
