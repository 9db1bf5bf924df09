import type { JsonObject } from '../contract/json'
import { equalBytes } from './bytes'
import { type ChainHead, verifyLater, verifyNext } from './chain'
import { type Checkpoint, openCheckpoint } from './checkpoint'
import { type Documents, documentFault, takeDocument } from './documents'
import type { HashedEntry } from './entry'
import type { ExportHeader, ExportLine } from './export-line'
import { type AuditFault, type BadEntry, faultAt } from './fault'
import { appendLeaves, decodeLog, entryLeaf, type LogRange, logRoot } from './log'
import type { NoteVerifier } from './note'

/** What a vote verifier says of one entry; `unproven` is a vote whose method proves nothing offline (a code, not a passkey). */
export type VoteCheck =
  | 'not_a_vote'
  | 'verified'
  | 'unproven'
  /** Proven once the log is signed past this leaf, with which the binding of the key ends. */
  | { boundAt: number }
  | { invalid: string; fault?: AuditFault }

/** What an export says beside an entry; no hash of the entry covers it. */
export type BesideEntry = {
  /** As the header says. */
  issuer: string
  receipt: JsonObject | undefined
  /** Of the entry in the log; null where it is not sealed. */
  leaf: number | null
}

/**
 * Asked about every entry that is shown, in the order of the export, so it can keep the passkeys it has seen registered.
 * Only entries whose chain holds reach it.
 */
export type VoteVerifier = (
  entry: HashedEntry,
  beside: BesideEntry,
) => VoteCheck | Promise<VoteCheck>

export type VerifyExportOptions = {
  verifyVote?: VoteVerifier
  /** Keys of the log as the auditor knows them. Without, those in the file are believed: it then proves no more than itself. */
  trustedVerifiers?: readonly string[]
  /** A checkpoint kept elsewhere (a witness, an earlier audit): the export must reach and continue it. */
  trustedCheckpoint?: string
}

/** What has been verified of an export so far. */
export type ExportState = {
  header: ExportHeader
  options: VerifyExportOptions
  verifiers: readonly NoteVerifier[]
  trusted: Checkpoint | undefined
  heads: Map<string, ChainHead>
  log: LogRange
  /** Leaves up to here stand under a checkpoint that verified, or were skipped by a record. */
  covered: number
  /** Of a record: the texts in it. */
  documents: Documents
  entries: number
  /** Entries that no leaf exists for yet. */
  unsealed: number
  withheld: number
  /** Entries of shown streams that a record leaves out. */
  gaps: number
  isUnsealed: boolean
  checkpoints: number
  signed: { size: number; root: Uint8Array; note: string } | undefined
  /** The checkpoint kept elsewhere was compared with the log. */
  hasMetTrusted: boolean
  /** First entry that no checkpoint covers yet: where to look when the next root is wrong. */
  firstUnsigned: { stream: string; ordinal: number } | undefined
  votes: { verified: number; unproven: number }
  /** Leaves that bind the keys of votes and that no checkpoint covers yet. */
  unsignedKeys: number[]
  hasEnded: boolean
}

/** Verifies the next line behind the header; undefined = it holds. */
export function takeLine(
  state: ExportState,
  record: ExportLine,
  line: number,
): Promise<BadEntry | undefined> | BadEntry | undefined {
  if (state.hasEnded) return faultAt('malformed', 'Something stands after the end.')
  switch (record.kind) {
    case 'header':
      return faultAt('malformed', 'A second header stands here.')
    case 'entry':
      return takeEntry(state, record)
    case 'leaf':
      return takeLeaf(state, record)
    case 'checkpoint':
      return takeCheckpoint(state, record.note)
    case 'range':
      return takeRange(state, record)
    case 'document':
      if (state.header.record === undefined || state.entries > 0 || state.log.size > 0) {
        return faultAt('malformed', 'A document stands where none can.')
      }
      return takeDocument(state.documents, record.text, line)
    case 'end':
      state.hasEnded = true
      return checkCounts(state, record, line)
  }
}

function takeEntry(
  state: ExportState,
  { leaf, hash, entry, receipt }: ExportLine & { kind: 'entry' },
): Promise<BadEntry | undefined> | BadEntry | undefined {
  const { options, header } = state
  const { stream } = entry
  const hashed = { ...entry, hash }
  if (header.streams?.includes(stream) === false) {
    return faultAt('malformed', `${stream} is not in this excerpt.`)
  }
  const head = state.heads.get(stream) ?? null
  const verify = header.record?.partial.includes(stream) ? verifyLater : verifyNext
  const step = verify({ stream, head }, hashed)
  if (!step.ok) return leaf === null ? step.bad : { ...step.bad, leaf: state.log.size }
  state.heads.set(stream, { ordinal: entry.ordinal, hash })
  state.entries += 1
  state.gaps += entry.ordinal - (head?.ordinal ?? 0) - 1
  state.firstUnsigned ??= { stream, ordinal: entry.ordinal }
  const bad = leaf === null ? takeUnsealed(state) : addLeaf(state, leaf, hash)
  if (bad !== undefined) return bad
  const detail = header.record && documentFault(state.documents, entry, header)
  if (detail !== undefined) {
    return faultAt('document', detail, { stream, ordinal: entry.ordinal })
  }
  if (options.verifyVote === undefined) return undefined
  return checkVote(state, hashed, { issuer: header.issuer, receipt, leaf }, options.verifyVote)
}

function takeUnsealed(state: ExportState): BadEntry | undefined {
  state.isUnsealed = true
  state.unsealed += 1
  return checkCovered(state)
}

/** A record proves each sealed entry by a checkpoint; in a whole export the last leaves may still wait for theirs. */
export function checkCovered(state: ExportState): BadEntry | undefined {
  if (state.header.record === undefined || state.log.size === state.covered) return undefined
  const detail = 'No checkpoint proves that these entries are in the log.'
  return faultAt('truncated', detail, { ...state.firstUnsigned, leaf: state.covered })
}

/** Nothing may be left behind unproven, and the log only goes forward. */
function takeRange(
  state: ExportState,
  { size, peaks }: ExportLine & { kind: 'range' },
): BadEntry | undefined {
  if (state.header.record === undefined) return faultAt('malformed', 'Only a record skips leaves.')
  const bad = checkCovered(state)
  if (bad !== undefined) return bad
  const log = decodeLog(size, peaks)
  if (log === undefined || state.isUnsealed || size <= state.log.size) {
    return faultAt('leaf', `The log cannot go on at ${size} leaves.`, { leaf: state.log.size })
  }
  state.log = log
  state.covered = size
  return checkTrusted(state)
}

function takeLeaf(
  state: ExportState,
  { leaf, hash }: ExportLine & { kind: 'leaf' },
): BadEntry | undefined {
  if (state.header.streams === null) {
    return faultAt('leaf', 'The entry of this leaf is missing.', { leaf: state.log.size })
  }
  state.withheld += 1
  return addLeaf(state, leaf, hash)
}

function addLeaf(state: ExportState, leaf: number, hash: string): BadEntry | undefined {
  if (state.isUnsealed || leaf !== state.log.size) {
    return faultAt('leaf', `Leaf ${leaf} stands here.`, { leaf: state.log.size })
  }
  state.log = appendLeaves(state.log, [entryLeaf(hash)]).log
  return checkTrusted(state)
}

async function takeCheckpoint(state: ExportState, note: string): Promise<BadEntry | undefined> {
  const checkpoint = await openCheckpoint(note, state.verifiers)
  if (checkpoint === undefined || checkpoint.origin !== state.header.origin) {
    return faultAt('signature', 'The checkpoint is not signed by a key of this log.')
  }
  if (checkpoint.size > state.log.size) {
    const detail = `The log ends here, though ${checkpoint.size} leaves were signed.`
    return faultAt('truncated', detail, { leaf: state.log.size })
  }
  if (checkpoint.size < state.log.size) {
    const detail = `A checkpoint of ${checkpoint.size} leaves stands after ${state.log.size}.`
    return faultAt('leaf', detail)
  }
  const bad = checkRoot(state, checkpoint)
  if (bad !== undefined) return bad
  state.checkpoints += 1
  state.covered = checkpoint.size
  state.unsignedKeys = state.unsignedKeys.filter((leaf) => leaf >= checkpoint.size)
  state.signed = { size: checkpoint.size, root: checkpoint.root, note }
  state.firstUnsigned = undefined
  return undefined
}

function checkTrusted(state: ExportState): BadEntry | undefined {
  if (state.trusted?.size !== state.log.size) return undefined
  state.hasMetTrusted = true
  return checkRoot(state, state.trusted)
}

/** A rewritten chain is sound in itself; the root shows that one leaf since the last good checkpoint is another. */
function checkRoot(state: ExportState, { root }: Checkpoint): BadEntry | undefined {
  if (equalBytes(root, logRoot(state.log))) return undefined
  const from = state.signed?.size ?? 0
  const detail = `One of the leaves ${from} to ${state.log.size - 1} is not the one that was signed.`
  return faultAt('root', detail, { ...state.firstUnsigned, leaf: from })
}

async function checkVote(
  state: ExportState,
  entry: HashedEntry,
  beside: BesideEntry,
  verifyVote: VoteVerifier,
): Promise<BadEntry | undefined> {
  const check = await verifyVote(entry, beside)
  if (typeof check === 'object' && 'boundAt' in check) {
    state.votes.verified += 1
    if (check.boundAt >= state.covered) state.unsignedKeys.push(check.boundAt)
    return undefined
  }
  if (typeof check === 'object') {
    return faultAt(check.fault ?? 'vote', check.invalid, {
      stream: entry.stream,
      ordinal: entry.ordinal,
    })
  }
  if (check !== 'not_a_vote') state.votes[check] += 1
  return undefined
}

function checkCounts(
  state: ExportState,
  end: { entries: number; leaves: number },
  line: number,
): BadEntry | undefined {
  if (end.entries === state.entries && end.leaves === state.log.size) return undefined
  const detail = `The export says ${end.entries} entries, ${state.entries} are there.`
  return faultAt('truncated', detail, { line, leaf: state.log.size })
}
