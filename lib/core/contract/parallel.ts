import { canonicalKeys, canonicalText } from './canonical'
import { isJsonObject, type Json, type JsonObject, pointer } from './json'

export type LinePart = { text: string; isKey: boolean }

/** One line of the parallel text. */
export type ParallelLine = {
  /** Levels of nesting, 0 for the members of the document. For reading alone: it is not hashed. */
  indent: number
  /** The bytes of the line, as hashed. */
  text: string
  /** The same bytes in pieces, so that a page can set member names apart. */
  parts: LinePart[]
  /** JSON Pointer into the hashed document of the member or item that this line tells, '' for an empty document. */
  path: string
}

/** A list of plain values up to this long stands in one line. */
const SHORT_LIST = 40

/** Each of these items has a reading of its own. */
const ALWAYS_APART = new Set(['/contract/constraints'])

/**
 * Sets a hashed document (its JCS text) out one member a line, so that each can stand beside its reading. Joined without
 * anything between them, the lines' texts are exactly the text that was given: that is checked here, each time, because
 * approvers sign what they see.
 * @throws Error when the text is not the canonical form of a document: the stored bytes were tampered with
 */
export function parallelLines(hashed: string): ParallelLine[] {
  const layout = new Layout()
  const document: Json = JSON.parse(hashed)
  layout.value(document, '', 0)
  const lines = layout.finish()
  if (lines.map(({ text }) => text).join('') !== hashed) {
    throw new Error('The hashed text is not in canonical form, so it cannot be shown as signed')
  }
  return lines
}

class Layout {
  private readonly lines: ParallelLine[] = []
  private parts: LinePart[] = []
  private indent = 0
  private path = ''

  value(value: Json, path: string, depth: number): void {
    this.path = path
    if (isJsonObject(value)) this.object(value, path, depth)
    else if (Array.isArray(value)) this.array(value, path, depth)
    else this.put(leaf(value))
  }

  finish(): ParallelLine[] {
    this.endLine()
    return this.lines
  }

  private object(object: JsonObject, path: string, depth: number): void {
    const keys = canonicalKeys(object)
    this.put('{')
    for (const [index, key] of keys.entries()) {
      const member = object[key] ?? null
      this.startItem(index, member, pointer(path, key), depth)
      this.put(`${canonicalText(key)}:`, true)
      this.value(member, pointer(path, key), depth + 1)
      if (index < keys.length - 1) this.put(',')
    }
    this.put('}')
  }

  private array(items: Json[], path: string, depth: number): void {
    this.put('[')
    const isOneLine = !isSpread(items, path)
    for (const [index, item] of items.entries()) {
      if (isOneLine) this.put(leaf(item))
      else {
        this.startItem(index, item, pointer(path, index), depth)
        this.value(item, pointer(path, index), depth + 1)
      }
      if (index < items.length - 1) this.put(',')
    }
    this.put(']')
  }

  /** The first plain value stands beside its opening bracket; a first value with items of its own starts below it. */
  private startItem(index: number, item: Json, path: string, depth: number): void {
    if (index > 0 || isSpread(item, path)) this.endLine()
    if (this.parts.length === 0) this.indent = depth
  }

  private endLine(): void {
    const text = this.parts.map((part) => part.text).join('')
    if (text === '') return
    this.lines.push({ indent: this.indent, text, parts: this.parts, path: this.path })
    this.parts = []
  }

  private put(text: string, isKey = false): void {
    const last = this.parts.at(-1)
    if (last !== undefined && !isKey && !last.isKey) last.text += text
    else this.parts.push({ text, isKey })
  }
}

function leaf(value: Json): string {
  return typeof value === 'string' ? canonicalText(value) : JSON.stringify(value)
}

/** Whether the items of a value have lines of their own. */
function isSpread(value: Json, path: string): boolean {
  if (!Array.isArray(value)) return isJsonObject(value) && Object.keys(value).length > 0
  return value.length > 0 && (ALWAYS_APART.has(path) || !isShortList(value))
}

function isShortList(items: Json[]): boolean {
  let length = 0
  for (const item of items) {
    if (typeof item === 'object' && item !== null) return false
    length += leaf(item).length + 1
    if (length > SHORT_LIST) return false
  }
  return true
}
