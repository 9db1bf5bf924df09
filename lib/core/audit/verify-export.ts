import { equalBytes, toBase64 } from './bytes'
import { type ChainHead, verifyNext } from './chain'
import { type Checkpoint, openCheckpoint } from './checkpoint'
import type { HashedEntry } from './entry'
import { type ExportHeader, type ExportLine, readExportLine } from './export-line'
import type { AuditFault, BadEntry } from './fault'
import { appendLeaves, EMPTY_LOG, entryLeaf, type LogRange, logRoot } from './log'
import { type NoteVerifier, parseVerifier } from './note'

/** What a vote verifier says of one entry; `unproven` is a vote whose method proves nothing offline (a code, not a passkey). */
export type VoteCheck = 'not_a_vote' | 'verified' | 'unproven' | { invalid: string }

export type VerifyExportOptions = {
  /**
   * Asked about every entry, in the order of the export, so it can keep the passkeys it has seen registered. Only
   * entries whose chain holds reach it.
   */
  verifyVote?: (entry: HashedEntry) => VoteCheck | Promise<VoteCheck>
  /** Keys of the log as the auditor knows them. Without, those in the file are believed: it then proves no more than itself. */
  trustedVerifiers?: readonly string[]
  /** A checkpoint kept elsewhere (a witness, an earlier audit): the export must reach and continue it. */
  trustedCheckpoint?: string
}

export type ExportSummary = {
  issuer: string
  origin: string
  entries: number
  /** Entries with a leaf in the Merkle log. */
  leaves: number
  /** Leaves under the last checkpoint. What comes after is held by its chain alone. */
  signedLeaves: number
  checkpoints: number
  /** Base64 */
  lastRoot: string | null
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
  let state: State | undefined
  let line = 0
  for await (const text of lines) {
    line += 1
    const record = readExportLine(text)
    if (record === undefined) return failed('malformed', 'Not a line of an export.', { line })
    if (state === undefined) {
      const started = await start(record, options)
      if ('bad' in started) return { ok: false, bad: { ...started.bad, line } }
      state = started
    } else {
      const bad = await take(state, record, line)
      if (bad !== undefined) return { ok: false, bad: { line, ...bad } }
    }
  }
  if (state === undefined) return failed('truncated', 'The export is empty.', { line: 1 })
  const bad = checkEnd(state, line)
  return bad === undefined ? { ok: true, summary: summarize(state) } : { ok: false, bad }
}

type State = {
  header: ExportHeader
  options: VerifyExportOptions
  verifiers: readonly NoteVerifier[]
  trusted: Checkpoint | undefined
  heads: Map<string, ChainHead>
  log: LogRange
  entries: number
  isUnsealed: boolean
  checkpoints: number
  signed: { size: number; root: Uint8Array } | undefined
  /** First entry that no checkpoint covers yet: where to look when the next root is wrong. */
  firstUnsigned: { stream: string; ordinal: number } | undefined
  votes: { verified: number; unproven: number }
  hasEnded: boolean
}

async function start(
  record: ExportLine,
  options: VerifyExportOptions,
): Promise<State | { bad: BadEntry }> {
  if (record.kind !== 'header') return fault('malformed', 'The first line is not a header.')
  const verifiers: NoteVerifier[] = []
  for (const text of options.trustedVerifiers ?? record.verifiers) {
    const verifier = parseVerifier(text)
    if (verifier === undefined) return fault('malformed', `Not the key of a log: ${text}`)
    verifiers.push(verifier)
  }
  const { trustedCheckpoint } = options
  const trusted = trustedCheckpoint && (await openCheckpoint(trustedCheckpoint, verifiers))
  if (trustedCheckpoint !== undefined && (!trusted || trusted.origin !== record.origin)) {
    return fault('signature', 'The checkpoint kept elsewhere is not one of this log.')
  }
  return {
    header: record,
    options,
    verifiers,
    trusted: trusted || undefined,
    heads: new Map(),
    log: EMPTY_LOG,
    entries: 0,
    isUnsealed: false,
    checkpoints: 0,
    signed: undefined,
    firstUnsigned: undefined,
    votes: { verified: 0, unproven: 0 },
    hasEnded: false,
  }
}

function take(
  state: State,
  record: ExportLine,
  line: number,
): Promise<BadEntry | undefined> | BadEntry | undefined {
  if (state.hasEnded) return fault('malformed', 'Something stands after the end.').bad
  switch (record.kind) {
    case 'header':
      return fault('malformed', 'A second header stands here.').bad
    case 'entry':
      return takeEntry(state, record)
    case 'checkpoint':
      return takeCheckpoint(state, record.note)
    case 'end':
      state.hasEnded = true
      return checkCounts(state, record, line)
  }
}

async function takeEntry(
  state: State,
  { leaf, hash, entry }: ExportLine & { kind: 'entry' },
): Promise<BadEntry | undefined> {
  const { stream } = entry
  const hashed = { ...entry, hash }
  const step = verifyNext({ stream, head: state.heads.get(stream) ?? null }, hashed)
  if (!step.ok) return leaf === null ? step.bad : { ...step.bad, leaf }
  const place = { stream, ordinal: entry.ordinal }
  if (leaf === null) state.isUnsealed = true
  else if (state.isUnsealed || leaf !== state.log.size) {
    return fault('leaf', `Leaf ${leaf} stands in its place.`, { ...place, leaf: state.log.size })
      .bad
  }
  state.heads.set(stream, { ordinal: entry.ordinal, hash })
  state.entries += 1
  state.firstUnsigned ??= place
  if (leaf !== null) {
    state.log = appendLeaves(state.log, [entryLeaf(hash)]).log
    const bad = checkTrusted(state)
    if (bad !== undefined) return bad
  }
  return checkVote(state, hashed)
}

async function takeCheckpoint(state: State, note: string): Promise<BadEntry | undefined> {
  const checkpoint = await openCheckpoint(note, state.verifiers)
  if (checkpoint === undefined || checkpoint.origin !== state.header.origin) {
    return fault('signature', 'The checkpoint is not signed by a key of this log.').bad
  }
  if (checkpoint.size > state.log.size) {
    const detail = `The log ends here, though ${checkpoint.size} leaves were signed.`
    return fault('truncated', detail, { leaf: state.log.size }).bad
  }
  if (checkpoint.size < state.log.size) {
    const detail = `A checkpoint of ${checkpoint.size} leaves stands after ${state.log.size}.`
    return fault('leaf', detail).bad
  }
  const bad = checkRoot(state, checkpoint)
  if (bad !== undefined) return bad
  state.checkpoints += 1
  state.signed = { size: checkpoint.size, root: checkpoint.root }
  state.firstUnsigned = undefined
  return undefined
}

function checkTrusted(state: State): BadEntry | undefined {
  return state.trusted?.size === state.log.size ? checkRoot(state, state.trusted) : undefined
}

/** A rewritten chain is sound in itself; the root shows that one leaf since the last good checkpoint is another. */
function checkRoot(state: State, { root }: Checkpoint): BadEntry | undefined {
  if (equalBytes(root, logRoot(state.log))) return undefined
  const from = state.signed?.size ?? 0
  const detail = `One of the leaves ${from} to ${state.log.size - 1} is not the one that was signed.`
  return fault('root', detail, { ...state.firstUnsigned, leaf: from }).bad
}

async function checkVote(state: State, entry: HashedEntry): Promise<BadEntry | undefined> {
  const check = (await state.options.verifyVote?.(entry)) ?? 'not_a_vote'
  if (typeof check === 'object') {
    return fault('vote', check.invalid, { stream: entry.stream, ordinal: entry.ordinal }).bad
  }
  if (check !== 'not_a_vote') state.votes[check] += 1
  return undefined
}

function checkCounts(
  state: State,
  end: { entries: number; leaves: number },
  line: number,
): BadEntry | undefined {
  if (end.entries === state.entries && end.leaves === state.log.size) return undefined
  const detail = `The export says ${end.entries} entries, ${state.entries} are there.`
  return fault('truncated', detail, { line, leaf: state.log.size }).bad
}

function checkEnd(state: State, line: number): BadEntry | undefined {
  const leaf = state.log.size
  if (!state.hasEnded) {
    return fault('truncated', 'The export breaks off.', { line: line + 1, leaf }).bad
  }
  if (state.trusted !== undefined && state.trusted.size > leaf) {
    const detail = `The log ends here, though ${state.trusted.size} leaves were signed earlier.`
    return fault('truncated', detail, { leaf }).bad
  }
  return undefined
}

function summarize(state: State): ExportSummary {
  const { header, options, signed, trusted } = state
  return {
    issuer: header.issuer,
    origin: header.origin,
    entries: state.entries,
    leaves: state.log.size,
    signedLeaves: Math.max(signed?.size ?? 0, trusted?.size ?? 0),
    checkpoints: state.checkpoints,
    lastRoot: signed === undefined ? null : toBase64(signed.root),
    keysPinned: options.trustedVerifiers !== undefined,
    tailProtected: trusted !== undefined,
    votes: options.verifyVote === undefined ? null : state.votes,
    heads: state.heads,
  }
}

function fault(kind: AuditFault, detail: string, place: Partial<BadEntry> = {}): { bad: BadEntry } {
  return { bad: { fault: kind, detail, ...place } }
}

function failed(kind: AuditFault, detail: string, place: Partial<BadEntry>): ExportCheck {
  return { ok: false, ...fault(kind, detail, place) }
}
