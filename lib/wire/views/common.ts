/**
 * What the console's pages show, as plain JSON: queries fill these field by field, pages only draw them.
 * Times are RFC 3339 strings (`…At`), lengths are milliseconds (`…Ms`). Nothing here is computed by the page
 * but relative time, number format and the words that stand for a closed set (state, verdict, method).
 *
 * Text that a caller sent travels only in the fields whose comment says "caller's text" and in runs of kind
 * `claim`; everything else is Countersign speaking. A page sets the two in different faces.
 */

/** RFC 3339, with `Z` or an offset. Pages show it in the zone of `PageView`. */
export type Instant = string

export type VerdictView = 'ALLOW' | 'DEFER' | 'DENY'
export type TicketStateView =
  | 'open'
  | 'released'
  | 'rejected'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'superseded'
export type GrantStateView =
  | 'ready'
  | 'collected'
  | 'redeemed'
  | 'reported'
  | 'lapsed'
  | 'revoked'
  | 'burnt'
export type OutcomeView = 'succeeded' | 'failed' | 'rolled_back' | 'unknown'
export type ChannelView = 'console' | 'slack' | 'api'
/** `totp` is the 6-digit code. `none` only where a policy says so. */
export type MfaMethodView = 'passkey' | 'totp' | 'none'

/**
 * One run of a sentence. A bare string is Countersign speaking; it never holds a caller's text.
 * `claim` is a value a caller sent; `code` is a name or id of Countersign's own (version, reason code, channel).
 */
export type Run =
  | string
  | { kind: 'strong'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'claim'; text: string }
  | { kind: 'tag'; tag: 'claims' | 'registered' | 'recorded' }
  | { kind: 'time'; at: Instant; form: TimeForm }
  | { kind: 'link'; text: string; href: string }
/** A sentence or two, in runs. Full stops are in the text. */
export type Prose = readonly Run[]

/** `time` 10:41 · `seconds` 10:41:07 · `millis` 10:41:07.181 · `short` Tue 10:41, or 10:41 today · `day` Tue 17 Mar 10:41 · `day_seconds` Tue 17 Mar 10:41:07 · `full` Mon 16 Mar 2026 11:31:09 CET */
export type TimeForm = 'time' | 'seconds' | 'millis' | 'short' | 'day' | 'day_seconds' | 'full'

export interface PersonView {
  id: string
  name: string
}

/** The frame of every page of a signed-in person. */
export interface PageView {
  viewer: PersonView
  /** Whether places that only admins work in are shown. */
  isAdmin: boolean
  /** Whether the audit trail is shown: to admins and auditors. */
  canAudit: boolean
  /** Whether insights are shown: to admins, auditors and policy editors. */
  canSeeInsights: boolean
  organisation: string
  /** IANA zone that every time on the page is shown in. */
  zone: string
  /** Database time at which the page was read; relative times count from it. */
  now: Instant
  needsMeCount: number
  policyVersion: string
  audit: AuditFootView
}

/** `sealedAt` and `witnessedAt` are null while no sealer or witness runs: the foot then says so. */
export interface AuditFootView {
  entryCount: number
  sealedAt: Instant | null
  witnessedAt: Instant | null
}

/** What a person can prove with that it is them. */
export interface ProofWays {
  passkey: boolean
  code: boolean
}
