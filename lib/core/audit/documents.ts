import { canonical } from '../contract/canonical'
import { digestOfText } from '../contract/digest'
import { isJsonObject, type Json, type JsonObject } from '../contract/json'
import { parseJson } from '../contract/parse-json'
import type { AuditEntry } from './entry'
import type { ExportHeader } from './export-line'
import { type BadEntry, faultAt } from './fault'

/** A text in a record, as read. */
type Document = { value: JsonObject; line: number; isNamed: boolean }

/** The texts of a record by their digests, and what entries said that they have to fit. */
export type Documents = {
  texts: Map<string, Document>
  chars: number
  contractDigest: Json | undefined
}

/** One request has a contract, and a review for each vote; far more is no record. */
const MOST_DOCUMENTS = 5_000
const MOST_CHARS = 64 * 1024 * 1024
const LIMITS = { maxBytes: 4 * 1024 * 1024, maxDepth: 64 }

export function createDocuments(): Documents {
  return { texts: new Map(), chars: 0, contractDigest: undefined }
}

/** Takes a text in; what it is shows when an entry names its digest. */
export function takeDocument(
  documents: Documents,
  text: string,
  line: number,
): BadEntry | undefined {
  const { texts } = documents
  documents.chars += text.length
  const digest = digestOfText(text)
  const parsed = parseJson(text, LIMITS)
  if (!parsed.ok || !isJsonObject(parsed.value) || canonical(parsed.value) !== text) {
    return faultAt('malformed', 'The document is not JSON in canonical form.')
  }
  if (texts.has(digest) || texts.size >= MOST_DOCUMENTS || documents.chars > MOST_CHARS) {
    return faultAt('malformed', 'The document stands here twice, or there are too many.')
  }
  texts.set(digest, { value: parsed.value, line, isNamed: false })
  return undefined
}

/**
 * Whether the texts whose digests an entry names are what the entry says: the contract is this caller's, a review is of this
 * request and contract, evidence has the type. A text that is not in the file faults nothing here.
 * @returns why not, in a sentence; undefined when all fits
 */
export function documentFault(
  documents: Documents,
  { stream, type, body }: AuditEntry,
  { issuer, record }: ExportHeader,
): string | undefined {
  if (record === undefined || stream !== `request:${record.request}`) return undefined
  if (type === 'request.submitted') {
    documents.contractDigest = body['contract_digest']
    const found = named(documents, body['contract_digest'])
    const fits = found === undefined || isContract(found, issuer, body['caller'])
    return fits ? undefined : 'The contract in the file is not this caller’s on this installation.'
  }
  if (type === 'vote.cast') {
    const expected = { issuer, request: record.request, contract: documents.contractDigest }
    const reviews = ['review_digest', 'shown_digest'].map((name) => named(documents, body[name]))
    const fits = reviews.every((one) => one === undefined || isReview(one, expected))
    return fits ? undefined : 'What was reviewed is not of this request and contract.'
  }
  if (type === 'evidence.added') {
    const found = named(documents, body['sha256'])
    const fits = found === undefined || isEvidence(found, body['evidence_type'])
    return fits ? undefined : 'The evidence in the file is not of the type that was added.'
  }
  return undefined
}

/** A text that no entry named: it, or the entry, was changed. */
export function unnamedDocument({ texts }: Documents): BadEntry | undefined {
  const unnamed = [...texts.values()].find(({ isNamed }) => !isNamed)
  if (unnamed === undefined) return undefined
  const detail = 'No entry names this contract, review or evidence: its text was changed.'
  return faultAt('document', detail, { line: unnamed.line })
}

function named({ texts }: Documents, digest: Json | undefined): JsonObject | undefined {
  const document = typeof digest === 'string' ? texts.get(digest) : undefined
  if (document === undefined) return undefined
  document.isNamed = true
  return document.value
}

function isContract(value: JsonObject, issuer: string, caller: Json | undefined): boolean {
  return (
    value['v'] === 1 &&
    value['domain'] === issuer &&
    value['caller'] === caller &&
    isJsonObject(value['contract'])
  )
}

function isReview(
  value: JsonObject,
  expected: { issuer: string; request: string; contract: Json | undefined },
): boolean {
  return (
    value['type'] === 'countersign/review' &&
    value['domain'] === expected.issuer &&
    value['request_id'] === expected.request &&
    value['contract_digest'] === expected.contract
  )
}

function isEvidence(value: JsonObject, type: Json | undefined): boolean {
  return value['type'] === 'countersign/evidence' && value['evidence_type'] === type
}
