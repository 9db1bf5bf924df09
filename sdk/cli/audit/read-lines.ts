import { createReadStream } from 'node:fs'

/** Longer than any line that is read; a file without newlines must not fill the memory. */
const MOST_LINE_BYTES = 8 * 1024 * 1024
const NEWLINE = 0x0a
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The lines of a file, split at newlines and at nothing else: U+2028 and a lone carriage return may stand in a JSON text.
 * What follows the last newline is a line only when there is something. What is no UTF-8, or too long, is told as an empty
 * line.
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield decode([...rest, chunk.subarray(start, end)])
      rest = []
      restBytes = 0
      start = end + 1
    }
    const tail = chunk.subarray(start)
    restBytes += tail.length
    if (restBytes > MOST_LINE_BYTES) {
      yield ''
      return
    }
    if (tail.length > 0) rest.push(tail)
  }
  if (restBytes > 0) yield decode(rest)
}

function decode(parts: Buffer[]): string {
  try {
    return decoder.decode(Buffer.concat(parts))
  } catch {
    // Not UTF-8. Replacement characters in its place could make it read as what it is not.
    return ''
  }
}
