import type { JsonObject } from '../contract/json'
import { bareEntry, type HashedEntry } from './entry'
import { type ExportHeader, writeExportLine } from './export-line'

/** What an export is made of. Sealed entries come in the order of the log, checkpoints by size. */
export type ExportParts = {
  header: Omit<ExportHeader, 'kind' | 'format' | 'v'>
  sealed: Items<ExportedEntry | WithheldEntry>
  checkpoints: Items<SizedNote>
  /** Entries that no leaf exists for yet; each stream in its order. */
  unsealed: Items<ExportedEntry>
}

type Items<T> = AsyncIterable<T> | Iterable<T>

/** An entry to show, and the receipt of a vote by passkey. */
export type ExportedEntry = HashedEntry & { receipt?: JsonObject | undefined }

/** Of an entry that an excerpt does not show: the hash that its leaf is made of. */
export type WithheldEntry = { withheld: string }

/** A signed checkpoint and the size that it states. */
export type SizedNote = { size: number; note: string }

/**
 * The audit trail as JSON lines (without newlines) that verifyExport checks offline. Nothing is held in memory, so the
 * parts can be read from the database page by page.
 */
export async function* exportLines(parts: ExportParts): AsyncGenerator<string> {
  yield writeExportLine({
    kind: 'header',
    format: 'countersign/audit-export',
    v: 1,
    ...parts.header,
  })
  let leaves = 0
  let entries = 0
  const checkpoints = orderedNotes(parts.checkpoints)
  yield* checkpoints.upTo(0)
  for await (const item of parts.sealed) {
    if ('withheld' in item) {
      yield writeExportLine({ kind: 'leaf', leaf: leaves, hash: item.withheld })
    } else {
      yield entryLine(item, leaves)
      entries += 1
    }
    leaves += 1
    yield* checkpoints.upTo(leaves)
  }
  // A checkpoint of more leaves than there are is exported all the same: hiding it would hide a lost tail.
  yield* checkpoints.upTo(Number.POSITIVE_INFINITY)
  for await (const entry of parts.unsealed) {
    yield entryLine(entry, null)
    entries += 1
  }
  yield writeExportLine({ kind: 'end', entries, leaves })
}

function entryLine(entry: ExportedEntry, leaf: number | null): string {
  const { hash, receipt } = entry
  return writeExportLine({ kind: 'entry', leaf, hash, entry: bareEntry(entry), receipt })
}

function orderedNotes(notes: ExportParts['checkpoints']) {
  const iterator = iterate(notes)
  let next: Promise<IteratorResult<SizedNote, void>> | undefined
  return {
    async *upTo(leaves: number): AsyncGenerator<string> {
      next ??= iterator.next()
      for (let it = await next; !it.done && it.value.size <= leaves; it = await next) {
        yield writeExportLine({ kind: 'checkpoint', note: it.value.note })
        next = iterator.next()
      }
    },
  }
}

async function* iterate<T>(items: Items<T>): AsyncGenerator<T, void> {
  yield* items
}
