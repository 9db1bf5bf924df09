import { stripVTControlCharacters } from 'node:util'
import type { JsonObject } from '../../lib/core/contract/json'

const MS_BETWEEN_TICKS = 1_000
const DEFAULT_COLUMNS = 80

/** For people, beside the answer: stdout is kept for that. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

export function answerJson(document: JsonObject): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

export function answerLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

/** One line that says how it stands: rewritten in place on a terminal, else a line for each change. */
export interface Progress {
  /** What to say now; asked again each second on a terminal, so that it may tell the time. */
  show: (line: () => string) => void
  /** Takes the line away: what follows is no progress. */
  end: () => void
}

export function startProgress(): Progress {
  const { stderr } = process
  let line: (() => string) | null = null
  let last = ''
  const draw = () => {
    if (line !== null) stderr.write(`\r\u001b[2K${cut(line(), stderr.columns)}`)
  }
  const timer = stderr.isTTY ? setInterval(draw, MS_BETWEEN_TICKS).unref() : undefined
  return {
    show: (next) => {
      line = next
      const text = next()
      if (stderr.isTTY) draw()
      else if (text !== last) tell(text)
      last = text
    },
    end: () => {
      clearInterval(timer)
      if (stderr.isTTY && line !== null) stderr.write('\r\u001b[2K')
      line = null
    },
  }
}

function cut(text: string, columns = DEFAULT_COLUMNS): string {
  const plain = stripVTControlCharacters(text)
  return plain.length < columns ? plain : `${plain.slice(0, Math.max(1, columns - 2))}…`
}
