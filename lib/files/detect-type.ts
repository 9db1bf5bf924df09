import { fileTypeFromBuffer } from 'file-type'
import { FILE_TYPES, type FileMediaType, fileEnding, mediaTypeLabel } from '#lib/wire/files'
import { readText } from './read-text'

export type Detected = { ok: true; mediaType: FileMediaType } | { ok: false; why: string }

/** Types that are told by how their bytes begin. The others are text. */
const BINARY: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/webp',
])

/**
 * What a file is, by its bytes; its name only has to agree. The bytes of another type, of none that is taken, or that begin
 * like one thing and may be read as another are refused with a sentence that says what they are.
 */
export async function detectType(name: string, bytes: Uint8Array): Promise<Detected> {
  const ending = fileEnding(name)
  if (ending === null) return { ok: false, why: ENDINGS }
  const { mediaType, label } = FILE_TYPES[ending]
  const found = await fileTypeFromBuffer(bytes)
  const isBinary = found !== undefined && BINARY.has(found.mime)
  if (BINARY.has(mediaType) || isBinary) {
    if (found?.mime === mediaType) return { ok: true, mediaType }
    const what = found ? mediaTypeLabel(found.mime) : 'something else'
    return { ok: false, why: `Its name says ${label}, but its bytes are ${what}.` }
  }
  const read = readText(bytes)
  if (!read.ok) {
    const what = found ? ` Its bytes are ${found.mime}.` : ''
    return { ok: false, why: `Its name says ${label}. ${read.why}${what}` }
  }
  if (ending === 'json' && !isJson(read.text)) {
    return { ok: false, why: 'Its name says JSON, but it cannot be read as JSON.' }
  }
  return { ok: true, mediaType }
}

const ENDINGS = 'Its name has to end in .pdf, .png, .jpg, .webp, .txt, .log, .md, .csv or .json.'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
