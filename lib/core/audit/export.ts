import type { JsonObject } from '../contract/json'
import { bareEntry, type HashedEntry } from './entry'
import { type ExportHeader, type ExportLine, writeExportLine } from './export-line'
import { createFileDigest } from './file-digest'

/** What an export is made of. Sealed entries come in the order of the log, checkpoints by size; in a record between them. */
export type ExportParts = {
  header: Omit<ExportHeader, 'kind' | 'format' | 'v'>
  sealed: Items<SealedItem>
  checkpoints: Items<SizedNote>
  /** Entries that no leaf exists for yet; each stream in its order. */
  unsealed: Items<ExportedEntry>
  /** Of a record: texts that its entries name by digest. */
  documents?: Items<string>
}

export type SealedItem = ExportedEntry | WithheldEntry | SkippedRange | SizedNote

type Items<T> = AsyncIterable<T> | Iterable<T>

/** An entry to show, and the receipt of a vote by passkey. */
export type ExportedEntry = HashedEntry & { receipt?: JsonObject | undefined }

/** Of an entry that an excerpt does not show: the hash that its leaf is made of. */
export type WithheldEntry = { withheld: string }

/** In a record: leaves up to here are not in the file, only the peaks over them. */
export type SkippedRange = { size: number; peaks: string[] }

/** A signed checkpoint and the size that it states. */
export type SizedNote = { size: number; note: string }

/**
 * The audit trail as JSON lines (without newlines) that verifyExport checks offline. Nothing is held in memory, so the
 * parts can be read from the database page by page.
 */
export async function* exportLines(parts: ExportParts): AsyncGenerator<string> {
  const digest = parts.header.record && createFileDigest()
  let counts = { entries: 0, leaves: 0 }
  for await (const line of bodyLines(parts)) {
    const text = writeExportLine(line)
    digest?.add(text)
    counts = countLine(counts, line)
    yield text
  }
  yield writeExportLine({ kind: 'end', ...counts, digest: digest?.end() })
}

async function* bodyLines(parts: ExportParts): AsyncGenerator<ExportLine> {
  yield { kind: 'header', format: 'countersign/audit-export', v: 1, ...parts.header }
  for await (const text of parts.documents ?? []) yield { kind: 'document', text }
  let leaves = 0
  const checkpoints = orderedNotes(parts.checkpoints)
  yield* checkpoints.upTo(0)
  for await (const item of parts.sealed) {
    if ('note' in item) {
      yield { kind: 'checkpoint', note: item.note }
    } else if ('peaks' in item) {
      leaves = item.size
      yield { kind: 'range', ...item }
    } else {
      yield 'withheld' in item
        ? { kind: 'leaf', leaf: leaves, hash: item.withheld }
        : entryLine(item, leaves)
      leaves += 1
    }
    yield* checkpoints.upTo(leaves)
  }
  // A checkpoint of more leaves than there are is exported all the same: hiding it would hide a lost tail.
  yield* checkpoints.upTo(Number.POSITIVE_INFINITY)
  for await (const entry of parts.unsealed) yield entryLine(entry, null)
}

function countLine(
  { entries, leaves }: { entries: number; leaves: number },
  line: ExportLine,
): { entries: number; leaves: number } {
  if (line.kind === 'range') return { entries, leaves: line.size }
  const isLeaf = line.kind === 'leaf' || (line.kind === 'entry' && line.leaf !== null)
  const isEntry = line.kind === 'entry'
  return { entries: entries + (isEntry ? 1 : 0), leaves: leaves + (isLeaf ? 1 : 0) }
}

function entryLine(entry: ExportedEntry, leaf: number | null): ExportLine {
  const { hash, receipt } = entry
  return { kind: 'entry', leaf, hash, entry: bareEntry(entry), receipt }
}

function orderedNotes(notes: ExportParts['checkpoints']) {
  const iterator = iterate(notes)
  let next: Promise<IteratorResult<SizedNote, void>> | undefined
  return {
    async *upTo(leaves: number): AsyncGenerator<ExportLine> {
      next ??= iterator.next()
      for (let it = await next; !it.done && it.value.size <= leaves; it = await next) {
        yield { kind: 'checkpoint', note: it.value.note }
        next = iterator.next()
      }
    },
  }
}

async function* iterate<T>(items: Items<T>): AsyncGenerator<T, void> {
  yield* items
}
