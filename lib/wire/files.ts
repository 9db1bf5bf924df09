/** Files as evidence: what may be attached and how it is named. Free of any library, since the page's own code asks too. */

const MIB = 1024 * 1024
/** Of one file. */
export const MOST_FILE_BYTES = 10 * MIB
export const MOST_NAME = 200
export const MOST_DESCRIPTION = 500

/** What may be attached: the endings a name may have, and what the bytes under it must be. No archives, mark-up or programs. */
export const FILE_TYPES = {
  pdf: { mediaType: 'application/pdf', label: 'PDF' },
  png: { mediaType: 'image/png', label: 'PNG image' },
  jpg: { mediaType: 'image/jpeg', label: 'JPEG image' },
  jpeg: { mediaType: 'image/jpeg', label: 'JPEG image' },
  webp: { mediaType: 'image/webp', label: 'WebP image' },
  txt: { mediaType: 'text/plain', label: 'Text' },
  log: { mediaType: 'text/plain', label: 'Text' },
  md: { mediaType: 'text/markdown', label: 'Markdown' },
  csv: { mediaType: 'text/csv', label: 'CSV' },
  json: { mediaType: 'application/json', label: 'JSON' },
} as const

export type FileEnding = keyof typeof FILE_TYPES
export type FileMediaType = (typeof FILE_TYPES)[FileEnding]['mediaType']

export const FILE_MEDIA_TYPES = [
  ...new Set(Object.values(FILE_TYPES).map(({ mediaType }) => mediaType)),
]

/** For the browser's own choice of files. What counts is looked at by bytes. */
export const FILE_ACCEPT = Object.keys(FILE_TYPES)
  .map((ending) => `.${ending}`)
  .join(',')

/** The ending of a name, in lower case; null for none that may be attached. */
export function fileEnding(name: string): FileEnding | null {
  const ending = /[^.]\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(FILE_TYPES, ending) ? (ending as FileEnding) : null
}

/** "PNG image"; the media type itself where it is none of ours. */
export function mediaTypeLabel(mediaType: string): string {
  return Object.values(FILE_TYPES).find((type) => type.mediaType === mediaType)?.label ?? mediaType
}

/** Controls, formats (bidirectional, zero width), surrogates, private use, unassigned, line ends. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu
const HALF = /\p{Cs}/u
/** What Windows takes for something else than a letter of a name. */
const NOT_IN_NAMES = /[<>:"|?*]/g

/**
 * A name to keep: no path, nothing unseen, nothing that a system takes for more than a name, 200 characters with the ending
 * kept. '' when nothing is left. Cleaning a clean name changes nothing.
 */
export function cleanFileName(sent: string): string {
  const seen = sent.normalize('NFC').replaceAll('\\', '/').split('/').at(-1) ?? ''
  const plain = seen
    .replace(UNSEEN, '')
    .replace(NOT_IN_NAMES, '_')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
  if (plain.length <= MOST_NAME) return plain
  const ending = /\.[^.]{1,8}$/.exec(plain)?.[0] ?? ''
  const kept = [...plain.slice(0, MOST_NAME - ending.length)].filter(isWhole).join('')
  return `${kept.replace(/[. ]+$/, '')}${ending}`
}

function isWhole(character: string): boolean {
  return !HALF.test(character)
}

/** "1.4 MB", in units of 1,024. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  const isMega = bytes >= MIB
  const size = bytes / (isMega ? MIB : 1024)
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${isMega ? 'MB' : 'kB'}`
}

/** Content security policy of everything under the address of a file. */
export const FILE_POLICY = "default-src 'none'; sandbox"
/** Those addresses. */
export const FILE_PATHS = /^\/tickets\/[^/]+\/files(\/|$)/

/** The headers that come with a file's bytes: percent-encoded UTF-8, since a header holds no other letters. */
export const FILE_HEADERS = {
  name: 'x-file-name',
  description: 'x-file-description',
} as const

/** What an upload is answered with. `fields` by name of the form's field. */
export type UploadAnswer =
  | { ok: true; text: string }
  | { ok: false; title: string; text: string; fields?: Record<string, string> }
