import type { Instant, ProofWays } from './common'

/** `next`: published, and about to sign. `published`: signs no more, and what it signed still verifies. `retired`: of the past. */
export type KeyStanding = 'in_use' | 'next' | 'published' | 'retired'

export interface SigningKeyView {
  kid: string
  alg: string
  standing: KeyStanding
  /** In use since then, or from then on. */
  activeAt: Instant
  /** When it stops signing, or stopped; null: nothing follows it. */
  retiredAt: Instant | null
  /** Until when it is published; null: as long as it signs, or for ever. */
  publishedUntil: Instant | null
}

export interface SigningKeysView {
  purpose: 'allow_token' | 'checkpoint'
  keys: SigningKeyView[]
  /** Whether the next key has been made already. */
  isUnderWay: boolean
}

export interface CalendarView {
  name: string
  label: string
  zone: string
  isOpen: boolean
  /** When that changes by itself; null: it does not. */
  changesAt: Instant | null
}

export type HealthState = 'good' | 'warn' | 'bad' | 'none'

export interface HealthView {
  what: string
  state: HealthState
  /** What stands, in a word or two. */
  said: string
  /** More of it, and what to do where something is wrong. */
  detail: string
  /** When it was last heard of; null: never, or it is looked at now. */
  at: Instant | null
}

export interface SettingsView {
  organisation: string
  publicUrl: string
  dualControlAt: Instant | null
  keys: SigningKeysView[]
  /** Days; null: for ever. */
  evidenceDays: number | null
  /** Items that are kept no longer and not erased yet, counted up to `mostDue`. */
  dueCount: number
  mostDue: number
  policyVersion: string | null
  calendars: CalendarView[]
  mail: { from: string } | null
  routing: { ordinal: number; publishedAt: Instant } | null
  health: HealthView[]
  ways: ProofWays
}
