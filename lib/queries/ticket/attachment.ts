import { createHash, type Hash } from 'node:crypto'
import { ok, type Result, refuse } from '#lib/core/result'
import { legality } from '#lib/core/ticket/legal'
import type { TicketState } from '#lib/core/ticket/types'
import { readFilePart } from '#lib/db/files'
import type { Runtime } from '#lib/runtime'
import { type Attachment, attachment } from '#lib/wire/evidence'

/** What is in memory of a file that is sent, most. */
const PART_BYTES = 1024 * 1024

export type FoundFile =
  | { kind: 'file'; file: Attachment }
  /** The item is on file, and what it said is not. */
  | { kind: 'erased' }
  | { kind: 'none' }

/** The file that an item of this ticket names. An item of another ticket is none. */
export async function findAttachment(
  { db }: Pick<Runtime, 'db'>,
  { requestId, evidenceId }: { requestId: string; evidenceId: string },
): Promise<FoundFile> {
  const item = await db.evidence.findFirst({
    where: { id: evidenceId, requestId, type: 'attachment' },
    select: { body: true },
  })
  if (!item) return { kind: 'none' }
  return item.body === null
    ? { kind: 'erased' }
    : { kind: 'file', file: attachment.parse(item.body) }
}

/**
 * The bytes, part by part as they are asked for. The last part is given only once all of them have the hash that was signed:
 * otherwise the stream breaks off, which every browser tells as a failed download, and the fault is logged.
 */
export function attachmentBytes(
  { db, log }: Pick<Runtime, 'db' | 'log'>,
  { sha256, size_bytes: size }: Pick<Attachment, 'sha256' | 'size_bytes'>,
): ReadableStream<Uint8Array> {
  const hash = createHash('sha256')
  let from = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const part = await readFilePart(db, { sha256, from, length: PART_BYTES })
        if (part === null || part.length === 0) throw broken(log, sha256)
        hash.update(part)
        from += part.length
        const isLast = from >= size
        if (isLast && !isWhole(hash, { sha256, from, size })) throw broken(log, sha256)
        controller.enqueue(part)
        if (isLast) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function isWhole(
  hash: Hash,
  { sha256, from, size }: { sha256: string; from: number; size: number },
) {
  return from === size && hash.digest('hex') === sha256
}

function broken(log: Runtime['log'], sha256: string): Error {
  log.error({ sha256 }, 'the bytes of a file are not what was hashed: nothing whole was sent')
  return new Error('The bytes of a file are not what was hashed')
}

/**
 * Whether a ticket takes evidence at all, asked before bytes are read. What counts is asked again under the lock, with the
 * deadline.
 */
export async function takesEvidence(
  { db }: Pick<Runtime, 'db'>,
  requestId: string,
): Promise<Result<undefined>> {
  const request = await db.request.findUnique({
    where: { id: requestId },
    select: { state: true },
  })
  if (!request) return refuse('not_found')
  const legal = legality({ state: request.state as TicketState, grant: null }, 'add_evidence')
  return legal.ok ? ok() : legal
}
