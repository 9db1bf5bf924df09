import { readFileSync } from 'node:fs'

export interface Fence {
  /** What stands behind the three backticks, e.g. `yaml rules`. */
  info: string
  text: string
  /** Of the opening backticks, for messages. */
  line: number
}

const FENCE = /^```([^\n`]*)\n(.*?)^```$/gms

/** The fenced blocks of a Markdown file, in order. */
export function fences(file: string): Fence[] {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(FENCE)].map((match) => ({
    info: (match[1] ?? '').trim(),
    text: match[2] ?? '',
    line: source.slice(0, match.index).split('\n').length,
  }))
}
