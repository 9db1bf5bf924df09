import type { AuditFilter } from '#lib/wire/audit'
import type { Instant, PersonView, Prose } from './common'

/** One entry of the audit trail. */
export interface AuditRowView {
  /** The number of the entry in the database, which the page verifies it by. */
  seq: string
  at: Instant
  type: string
  /** Null: the installation itself. */
  who: { kind: 'person' | 'caller'; name: string } | null
  /** A sentence without its full stop. */
  text: Prose
  detail: Prose | null
  stream: { name: string; label: string; href: string | null }
  ordinal: number
  /** Null while it is not sealed. */
  leaf: number | null
  hash: string
  /** The entry as it was hashed, as JSON over several lines. Caller's text may be in it. */
  json: string
}

export interface AuditView {
  filter: AuditFilter
  /** Event types that can be chosen. */
  types: string[]
  /** The one person that the filter means; null: none is asked for, or it is not clear who. */
  person: PersonView | null
  /** Whom the filter could mean, where that is not clear; empty: it is, or nobody. */
  people: PersonView[]
  /** `request` is no id of a request. */
  isOddRequest: boolean
  rows: AuditRowView[]
  /** Where the next page begins. */
  nextCursor: string | null
  /** Looking ended before the page was full: up to this time everything was looked at. */
  lookedBackTo: Instant | null
  export: AuditExportView
}

export interface AuditExportView {
  /** `trail`: verifies offline. `list`: the entries alone. */
  kind: 'trail' | 'list'
  /** Most entries in a file from here. */
  mostEntries: number
}

/** What verifying found. */
export type VerifiedView =
  | {
      ok: true
      what: 'listed'
      entries: number
      streams: number
      sealed: number
      leaves: number
      checkpoints: number
    }
  | {
      ok: true
      what: 'log'
      isWhole: boolean
      entries: number
      leaves: number
      size: number
      checkpoints: number
      unsealed: number
      votes: { passkey: number; trail: number }
    }
  | {
      ok: false
      /** Where: `request:req_…, entry 7, leaf 38`. */
      place: string
      fault: string
      /** A sentence. */
      detail: string
    }
