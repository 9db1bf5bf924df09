import { canonical } from '../contract/canonical'
import { isDigest } from '../contract/digest'
import { isJsonObject, type Json, type JsonObject } from '../contract/json'
import { parseJson } from '../contract/parse-json'
import { type AuditEntry, readAuditEntry } from './entry'

/** First line of an export: what it is of, and the keys it is verified with. */
export type ExportHeader = {
  kind: 'header'
  format: 'countersign/audit-export'
  v: 1
  /** Issuer of the installation: the origin of its address. */
  issuer: string
  /** Name of the Merkle log, as in its checkpoints. */
  origin: string
  /** RFC 3339 */
  exported_at: string
  /** The streams whose entries are shown; null = all. Of any other stream an excerpt has the leaves alone. */
  streams: string[] | null
  /** The file is the record of one request: it holds the parts of the log that its entries stand in, not the whole log. */
  record?: RecordScope | undefined
  /** Keys of checkpoints in the text form of signed notes, retired ones too. */
  verifiers: string[]
  /** Public keys of allow tokens, retired ones too (RFC 7517). */
  jwks: JsonObject
}

/** What a record is of, and what it leaves out. */
export type RecordScope = {
  /** `req_…` */
  request: string
  /** Of these streams only the entries that bind the keys of the votes are shown. */
  partial: string[]
  /** What people are called, by person id: the word of whoever made the file, nothing proves it. */
  names: Record<string, string>
}

/** Lines come in the order of the log: leaf 0, 1, 2, …; a checkpoint of size n right after leaf n-1; then what is not sealed yet. */
export type ExportLine =
  | ExportHeader
  /**
   * `leaf` is the place in the Merkle log, null for an entry that is not sealed yet. `receipt` stands with a vote by passkey
   * and proves itself; no hash of the entry covers it.
   */
  | {
      kind: 'entry'
      leaf: number | null
      hash: string
      entry: AuditEntry
      receipt: JsonObject | undefined
    }
  /** An entry that is not shown: in an excerpt, one of another stream. */
  | { kind: 'leaf'; leaf: number; hash: string }
  | { kind: 'checkpoint'; note: string }
  /**
   * In a record: the log goes on at `size` leaves, of which these are the peaks (Base64). Nobody signed this line; the next
   * checkpoint verifies with no other peaks.
   */
  | { kind: 'range'; size: number; peaks: string[] }
  /** In a record, before any entry: a text that entries name by its digest (contract, reviewed document, evidence). */
  | { kind: 'document'; text: string }
  /**
   * Last line, so that a download which broke off is seen. A record has the SHA-256 of all lines before it, newlines
   * included: against accidents, as whoever forges a line can write it anew.
   */
  | { kind: 'end'; entries: number; leaves: number; digest?: string | undefined }

/** One event body is far smaller; this bounds what one line of a foreign file may cost. */
const MAX_LINE = { maxBytes: 4 * 1024 * 1024, maxDepth: 64 }

/** A line in its one spelling, JCS (RFC 8785), without the newline. */
export function writeExportLine(line: ExportLine): string {
  return canonical(
    Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)),
  )
}

/**
 * Reads a line. Only the canonical spelling is taken: duplicate keys or folded numbers would let people and this program
 * read different things.
 */
export function readExportLine(text: string): ExportLine | undefined {
  const parsed = parseJson(text, MAX_LINE)
  if (!parsed.ok || !isJsonObject(parsed.value) || canonical(parsed.value) !== text)
    return undefined
  const { kind, ...members } = parsed.value
  if (typeof kind !== 'string' || !Object.hasOwn(READERS, kind)) return undefined
  return READERS[kind as ExportLine['kind']](members)
}

type Reader = (members: JsonObject) => ExportLine | undefined

/** Each reader names every member, so that an unknown one is refused. */
const READERS: Record<ExportLine['kind'], Reader> = {
  header: ({ record: scope, ...members }) => {
    const { format, v, issuer, origin, exported_at, streams, verifiers, jwks, ...others } = members
    const isHeader =
      isEmpty(others) && format === 'countersign/audit-export' && v === 1 && isTexts(verifiers)
    if (!isHeader || !isText(issuer) || !isText(origin)) return undefined
    if (!isText(exported_at) || !isJsonObject(jwks)) return undefined
    if (streams === undefined || (streams !== null && !isTexts(streams))) return undefined
    const header: ExportHeader = {
      kind: 'header',
      format,
      v,
      issuer,
      origin,
      exported_at,
      streams,
      verifiers,
      jwks,
    }
    if (scope === undefined) return header
    const record = readScope(scope, streams ?? [])
    return record && { ...header, record }
  },
  entry: ({ leaf = null, hash, entry: value, receipt, ...others }) => {
    const entry = readAuditEntry(value)
    if (entry === undefined || !isEmpty(others) || !isHash(hash)) return undefined
    if (leaf !== null && !isCount(leaf)) return undefined
    if (receipt !== undefined && !isJsonObject(receipt)) return undefined
    return { kind: 'entry', leaf, hash, entry, receipt }
  },
  leaf: ({ leaf, hash, ...others }) =>
    isCount(leaf) && isHash(hash) && isEmpty(others) ? { kind: 'leaf', leaf, hash } : undefined,
  checkpoint: ({ note, ...others }) =>
    isText(note) && isEmpty(others) ? { kind: 'checkpoint', note } : undefined,
  range: ({ size, peaks, ...others }) =>
    isCount(size) && isTexts(peaks) && isEmpty(others) ? { kind: 'range', size, peaks } : undefined,
  document: ({ text, ...others }) =>
    isText(text) && isEmpty(others) ? { kind: 'document', text } : undefined,
  end: ({ entries, leaves, digest, ...others }) => {
    if (!isCount(entries) || !isCount(leaves) || !isEmpty(others)) return undefined
    if (digest !== undefined && !isHash(digest)) return undefined
    return { kind: 'end', entries, leaves, digest }
  },
}

/**
 * The request's own stream is shown whole, or its record would be none, and beside it people's alone: what others voted on
 * another request must not be told as if it were of this one.
 */
function readScope(value: Json, streams: readonly string[]): RecordScope | undefined {
  if (!isJsonObject(value)) return undefined
  const { request, partial, names, ...others } = value
  if (!isEmpty(others) || !isText(request) || !isTexts(partial) || !isJsonObject(names)) {
    return undefined
  }
  const own = `request:${request}`
  const isShown = streams.includes(own) && partial.every((one) => streams.includes(one))
  const arePeople = partial.every((one) => one.startsWith('person:'))
  const isAll = streams.every((one) => one === own || partial.includes(one))
  if (!isShown || !arePeople || !isAll) return undefined
  const called = Object.entries(names)
  if (!called.every((one): one is [string, string] => isText(one[1]))) return undefined
  return { request, partial, names: Object.fromEntries(called) }
}

function isEmpty(others: JsonObject): boolean {
  return Object.keys(others).length === 0
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

function isHash(value: Json | undefined): value is string {
  return isText(value) && isDigest(value)
}

function isTexts(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every(isText)
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
