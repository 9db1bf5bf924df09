import { createHash } from 'node:crypto'
import { type Result, refuse } from '#lib/core/result'
import { storeFile } from '#lib/db/files'
import { detectType } from '#lib/files/detect-type'
import type { Runtime } from '#lib/runtime'
import { fileDescription } from '#lib/wire/evidence'
import { cleanFileName, MOST_FILE_BYTES, sizeText } from '#lib/wire/files'
import { addEvidence } from './add-evidence'

export interface AttachFileInput {
  requestId: string
  personId: string
  /** As the sender names it. */
  name: string
  description: string | null
  bytes: Uint8Array
}

/**
 * Attaches a file: its bytes are kept by their hash, and the item on the ticket names them. When the item is refused, nothing
 * names the bytes and they are swept.
 * @returns refusals of `addEvidence`, and `evidence_invalid` at `/file` or `/description`
 */
export async function attachFile(
  runtime: Runtime,
  { requestId, personId, bytes, ...input }: AttachFileInput,
): Promise<Result<{ evidenceId: string; sha256: string }>> {
  const name = cleanFileName(input.name)
  if (bytes.length === 0) return notTaken('/file', 'The file is empty. Choose one that is not.')
  if (bytes.length > MOST_FILE_BYTES) return notTaken('/file', TOO_LARGE)
  const type = await detectType(name, bytes)
  if (!type.ok) return notTaken('/file', type.why)
  const description =
    input.description === null ? null : fileDescription.safeParse(input.description)
  if (description?.success === false) return notTaken('/description', 'Use up to 500 characters.')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const isStored = await storeFile(runtime.db, { sha256, bytes, mediaType: type.mediaType })
  if (!isStored) return notTaken('/file', ERASED)
  return await addEvidence(runtime, {
    requestId,
    actor: { kind: 'person', id: personId },
    type: 'attachment',
    body: {
      name,
      media_type: type.mediaType,
      size_bytes: bytes.length,
      sha256,
      ...(description && { description: description.data }),
    },
    channel: 'web',
  })
}

export const TOO_LARGE = `A file has at most ${sizeText(MOST_FILE_BYTES)}.`
const ERASED = 'This very file was erased here on purpose, so it is not taken again.'

function notTaken(path: '/file' | '/description', message: string) {
  return refuse('evidence_invalid', {
    detail: message,
    fields: [{ path, message, code: 'invalid' }],
  })
}
