import { type Digest, digestOf, isDigest } from '../contract/digest'
import { isJsonObject, type Json, type JsonObject } from '../contract/json'

/** Who did it: `person` and `caller` with their id. A timer, a worker or the policy is `system`, with no name at all. */
export type AuditActor = { kind: 'person' | 'caller' | 'system'; id?: string }

/** One event as hashed, stored and exported. */
export type AuditEntry = {
  v: 1
  /** `request:req_…`, `person:prs_…`, `policy:main`, `caller:clr_…`, `installation`. */
  stream: string
  /** Place in the stream: 1, 2, 3, … */
  ordinal: number
  type: string
  /** RFC 3339, UTC, with milliseconds. */
  at: string
  actor: AuditActor
  body: JsonObject
  /** Hash of the entry before it in the stream, of the first one the stream's genesis hash. */
  prev: string
}

/** An entry with its recorded hash: with it, verifying can say which of two neighbours was changed. */
export type HashedEntry = AuditEntry & { hash: string }

const MEMBERS = ['actor', 'at', 'body', 'ordinal', 'prev', 'stream', 'type', 'v'] as const
const STREAM = /^[a-z_]{1,40}(?::[A-Za-z0-9_.-]{1,200})?$/
const TYPE = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** The hash of an entry: SHA-256 over the JCS bytes (RFC 8785) of `{type, v, entry}`, so no other document hashes equal. */
export function entryHash(entry: AuditEntry): Digest {
  const document = { type: 'countersign/audit-entry', v: 1, entry: bareEntry(entry) }
  return digestOf(document)
}

/** What the first entry of a stream names as `prev`. Streams differ in it, so an entry cannot move to another one. */
export function genesisHash(stream: string): Digest {
  const document = { type: 'countersign/audit-genesis', v: 1, stream }
  return digestOf(document)
}

/** The hashed members alone, whatever else a row carries. */
export function bareEntry(entry: AuditEntry): AuditEntry {
  const { v, stream, ordinal, type, at, actor, body, prev } = entry
  return { v, stream, ordinal, type, at, actor, body, prev }
}

/** Reads an entry out of a stored row or an exported line; undefined when a member is missing, unknown or malformed. */
export function readAuditEntry(value: Json | undefined): AuditEntry | undefined {
  if (!isJsonObject(value)) return undefined
  const names = Object.keys(value).sort()
  if (names.length !== MEMBERS.length || !MEMBERS.every((name, place) => names[place] === name)) {
    return undefined
  }
  // A cast to be proved by the line below: the members are there, their shapes are checked.
  const entry = value as unknown as AuditEntry
  return isWellFormed(entry) ? entry : undefined
}

/** Whether the members of an entry have their shapes. */
export function isWellFormed(entry: AuditEntry): boolean {
  const { v, stream, ordinal, type, at, actor, body, prev } = entry
  return (
    v === 1 &&
    matches(STREAM, stream) &&
    Number.isSafeInteger(ordinal) &&
    ordinal >= 1 &&
    matches(TYPE, type) &&
    isTimestamp(at) &&
    isActor(actor) &&
    isJsonObject(body) &&
    typeof prev === 'string' &&
    isDigest(prev)
  )
}

export function isStreamName(text: string): boolean {
  return STREAM.test(text)
}

function isActor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { kind, id, ...others }: { kind?: unknown; id?: unknown } = value
  if (Object.keys(others).length > 0) return false
  const isNamed = typeof id === 'string' && id !== ''
  if (kind === 'system') return !Object.hasOwn(value, 'id') || isNamed
  return (kind === 'person' || kind === 'caller') && isNamed
}

function isTimestamp(value: unknown): boolean {
  if (!matches(TIMESTAMP, value)) return false
  const at = new Date(value)
  return !Number.isNaN(at.getTime()) && at.toISOString() === value
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value)
}
