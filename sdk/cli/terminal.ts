import type { JsonObject } from '../../lib/core/contract/json'
import { visibleText } from '../../lib/core/contract/visible'

const MS_BETWEEN_TICKS = 1_000
const DEFAULT_COLUMNS = 80
/** Takes the line on which the cursor stands away, and goes to its begin. */
const CLEAR = '\r\u001b[2K'
/** From here on a character may take two columns. */
const FIRST_WIDE = 0x1100
/** What acts on a terminal although JSON may hold it: C1 controls, and what changes the direction of text or draws nothing. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A line for people, beside the answer: stdout is kept for that. Whoever wrote it, nothing in it acts on the terminal. */
export function tell(line: string): void {
  process.stderr.write(`${visibleText(line)}\n`)
}

export function answerJson(document: JsonObject): void {
  const text = JSON.stringify(document, null, 2).replace(ACTING, escaped)
  process.stdout.write(`${text}\n`)
}

export function answerLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${visibleText(line)}\n`)
}

/** One line that says how it stands: rewritten in place on a terminal, else a line for each change. */
export interface Progress {
  /** What to say now; asked again each second on a terminal, so that it may tell the time. */
  show: (line: () => string) => void
  /** Takes the line away: what follows is no progress. */
  end: () => void
}

export function startProgress(env: Readonly<Record<string, string | undefined>>): Progress {
  const { stderr } = process
  // A dumb terminal cannot go back in its line.
  const isRewritten = stderr.isTTY && env['TERM'] !== 'dumb'
  let line: (() => string) | null = null
  let last = ''
  const draw = () => {
    if (line !== null) stderr.write(`${CLEAR}${fitting(visibleText(line()), stderr.columns)}`)
  }
  const timer = isRewritten ? setInterval(draw, MS_BETWEEN_TICKS).unref() : undefined
  return {
    show: (next) => {
      line = next
      const text = next()
      if (isRewritten) draw()
      else if (text !== last) tell(text)
      last = text
    },
    end: () => {
      clearInterval(timer)
      if (isRewritten && line !== null) stderr.write(CLEAR)
      line = null
    },
  }
}

/** What certainly fits into one row of the terminal: a row that runs over could not be taken away again. */
export function fitting(text: string, columns: number | undefined): string {
  const most = (columns || DEFAULT_COLUMNS) - 1
  if (widthOf(text) <= most) return text
  let kept = ''
  let width = 1
  for (const character of text) {
    width += widthOf(character)
    if (width > most) break
    kept += character
  }
  return `${kept}…`
}

/** In columns, and rather too much than too little. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    width += point < FIRST_WIDE || character === '…' ? 1 : 2
  }
  return width
}

/** As JSON spells it. Line breaks are JSON's own, between its members. */
function escaped(character: string): string {
  if (character === '\n') return character
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
