import { toBase64 } from './bytes'
import type { ChainHead } from './chain'
import { type Checkpoint, openCheckpoint } from './checkpoint'
import { createDocuments, unnamedDocument } from './documents'
import { checkCovered, type ExportState, takeLine, type VerifyExportOptions } from './export-check'
import { type ExportHeader, type ExportLine, readExportLine } from './export-line'
import { type AuditFault, type BadEntry, faultAt } from './fault'
import { createFileDigest } from './file-digest'
import { EMPTY_LOG } from './log'
import { type NoteVerifier, parseVerifier } from './note'

export type ExportSummary = {
  /** As the header says; nothing signs it. */
  issuer: string
  origin: string
  /** As the file says; nothing signs it. */
  header: ExportHeader
  /** Entries shown. */
  entries: number
  /** Entries that no leaf exists for yet: held by their own stream alone. */
  unsealed: number
  /** Entries of shown streams that a record leaves out; that none of them takes a key back is its maker's word. */
  gaps: number
  /** Digests of the contract, reviews and evidence that are in a record and fit. */
  documents: ReadonlySet<string>
  /** Leaves whose entries an excerpt does not show. */
  withheld: number
  /** Entries with a leaf in the Merkle log. */
  leaves: number
  /** Leaves under the last checkpoint. What comes after is held by its chain alone. */
  signedLeaves: number
  checkpoints: number
  /** Base64 */
  lastRoot: string | null
  /** The newest checkpoint in it: kept elsewhere, it shows later whether the log went on from here. */
  lastCheckpoint: string | null
  /** Whether the keys came from the auditor and not from the file. */
  keysPinned: boolean
  /** Whether a checkpoint kept elsewhere was reached: only then would a cut tail show. */
  tailProtected: boolean
  /** null = votes were not checked. */
  votes: { verified: number; unproven: number } | null
  /** The last entry of every stream; an allow token's audit_head is a hash in such a chain. */
  heads: ReadonlyMap<string, ChainHead>
}

export type ExportCheck = { ok: true; summary: ExportSummary } | { ok: false; bad: BadEntry }

/**
 * Verifies an audit export offline: every stream's chain, the Merkle log, the signed checkpoints and, when given a
 * verifier, the votes. Reads the lines once and keeps one head a stream.
 * @returns a summary, or the first bad record in the order of the export
 */
export async function verifyExport(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VerifyExportOptions = {},
): Promise<ExportCheck> {
  let state: ExportState | undefined
  let line = 0
  const file = createFileDigest()
  for await (const text of lines) {
    line += 1
    const record = readExportLine(text)
    if (record === undefined) return failed('malformed', 'Not a line of an export.', { line })
    if (state === undefined) {
      const started = await start(record, options)
      if ('bad' in started) return { ok: false, bad: { ...started.bad, line } }
      state = started
    } else {
      const bad = (await takeLine(state, record, line)) ?? checkFile(state, record, file)
      if (bad !== undefined) return { ok: false, bad: { line, ...bad } }
    }
    file.add(text)
  }
  if (state === undefined) return failed('truncated', 'The export is empty.', { line: 1 })
  const bad = checkEnd(state, line)
  return bad === undefined ? { ok: true, summary: summarize(state) } : { ok: false, bad }
}

/** Last of all: what no hash of an entry covers (names, times of writing) is held by the digest of the file alone. */
function checkFile(
  state: ExportState,
  record: ExportLine,
  file: ReturnType<typeof createFileDigest>,
): BadEntry | undefined {
  if (record.kind !== 'end') return undefined
  if (state.header.record === undefined) {
    return record.digest === undefined
      ? undefined
      : faultAt('malformed', 'Only a record has a digest.')
  }
  const bad = checkCovered(state) ?? unnamedDocument(state.documents)
  if (bad !== undefined) return bad
  const detail = 'The file is not the one that was written, though each entry in it is.'
  return record.digest === file.end() ? undefined : faultAt('file', detail)
}

async function start(
  record: ExportLine,
  options: VerifyExportOptions,
): Promise<ExportState | { bad: BadEntry }> {
  if (record.kind !== 'header') {
    return { bad: faultAt('malformed', 'The first line is not a header.') }
  }
  const texts = options.trustedVerifiers ?? record.verifiers
  const verifiers = texts.map(parseVerifier).filter((verifier) => verifier !== undefined)
  if (verifiers.length < texts.length) {
    return { bad: faultAt('malformed', 'A key of the log is not one.') }
  }
  const trusted = await openTrusted(options.trustedCheckpoint, verifiers, record.origin)
  if (trusted === 'refused') {
    return { bad: faultAt('signature', 'The checkpoint kept elsewhere is not one of this log.') }
  }
  return {
    header: record,
    options,
    verifiers,
    trusted,
    heads: new Map(),
    log: EMPTY_LOG,
    covered: 0,
    documents: createDocuments(),
    entries: 0,
    unsealed: 0,
    withheld: 0,
    gaps: 0,
    isUnsealed: false,
    checkpoints: 0,
    signed: undefined,
    hasMetTrusted: trusted?.size === 0,
    firstUnsigned: undefined,
    votes: { verified: 0, unproven: 0 },
    unsignedKeys: [],
    hasEnded: false,
  }
}

async function openTrusted(
  note: string | undefined,
  verifiers: readonly NoteVerifier[],
  origin: string,
): Promise<Checkpoint | undefined | 'refused'> {
  if (note === undefined) return undefined
  const checkpoint = await openCheckpoint(note, verifiers)
  return checkpoint?.origin === origin ? checkpoint : 'refused'
}

function checkEnd(state: ExportState, line: number): BadEntry | undefined {
  const leaf = state.log.size
  if (!state.hasEnded) {
    return faultAt('truncated', 'The export breaks off.', { line: line + 1, leaf })
  }
  if (state.trusted === undefined || state.hasMetTrusted) return undefined
  if (state.header.record !== undefined) {
    const detail = `The record holds no part of the log that ends at ${state.trusted.size} leaves, so that checkpoint says nothing of it: hold a whole export against it.`
    return faultAt('root', detail, { leaf })
  }
  const detail = `The log ends here, though ${state.trusted.size} leaves were signed earlier.`
  return faultAt('truncated', detail, { leaf })
}

function summarize(state: ExportState): ExportSummary {
  const { header, options, signed, trusted } = state
  const signedLeaves = Math.max(signed?.size ?? 0, trusted?.size ?? 0)
  return {
    issuer: header.issuer,
    origin: header.origin,
    header,
    entries: state.entries,
    unsealed: state.unsealed,
    gaps: state.gaps,
    documents: new Set(state.documents.texts.keys()),
    withheld: state.withheld,
    leaves: state.log.size,
    signedLeaves,
    checkpoints: state.checkpoints,
    lastRoot: signed === undefined ? null : toBase64(signed.root),
    lastCheckpoint: signed?.note ?? null,
    keysPinned: options.trustedVerifiers !== undefined,
    tailProtected: trusted !== undefined,
    votes: options.verifyVote === undefined ? null : votesOf(state, signedLeaves),
    heads: state.heads,
  }
}

/** A key that no signed part of the log binds can be anybody's, so it proves no vote. */
function votesOf({ votes, unsignedKeys }: ExportState, signedLeaves: number) {
  const unsigned = unsignedKeys.filter((leaf) => leaf >= signedLeaves).length
  return { verified: votes.verified - unsigned, unproven: votes.unproven + unsigned }
}

function failed(kind: AuditFault, detail: string, place: Partial<BadEntry>): ExportCheck {
  return { ok: false, bad: faultAt(kind, detail, place) }
}
