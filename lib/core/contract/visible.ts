import { lookAlikes } from './look-alikes'

/** `escaped`: the text is a visible escape such as ⟨U+202E⟩. `lookalike`: letters that pass for others in their word. */
export type VisibleSegment = { text: string; kind: 'plain' | 'escaped' | 'lookalike' }

export type VisibleText = {
  segments: VisibleSegment[]
  /** Nothing was escaped or flagged; else a page says so beside the text. */
  isPlain: boolean
}

export type VisibleOptions = {
  /** Line feeds stay as they are. By default they are escaped, because a line break can imitate the page. */
  keepLines?: boolean
}

/**
 * What must never reach the eye as it is: controls and formats (bidi, zero width, tags), lone surrogates, private use,
 * unassigned, line and paragraph separators, every space but U+0020, and letters and marks that draw nothing.
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}\u{1D159}]|(?! )\p{Zs}/u
const MARK = /\p{M}/u

/** Marks stacked higher on one letter are there to hide the lines round them. */
const MOST_MARKS = 4

/**
 * Makes a caller's text safe to look at. Nothing is removed: joined, plain and look-alike segments with the escapes read back
 * are the text that was given. Escapes are told from the same letters typed by the caller through `kind`.
 */
export function visible(text: string, options: VisibleOptions = {}): VisibleText {
  const suspects = lookAlikes(text)
  const segments: VisibleSegment[] = []
  let at = 0
  // A mark at the start, or after an escape, would sit on what is not the caller's text.
  let marks = MOST_MARKS
  for (const character of text) {
    const kind = kindOf(character, suspects.has(at), options.keepLines === true)
    marks = MARK.test(character) ? marks + 1 : 0
    if (kind === 'escaped' || character === '\n') marks = Math.max(marks, MOST_MARKS)
    if (kind === 'escaped' || marks > MOST_MARKS) append(segments, escaped(character), 'escaped')
    else append(segments, character, kind)
    at += character.length
  }
  return { segments, isPlain: segments.every((segment) => segment.kind === 'plain') }
}

/** The same as one text, for places without mark-up: Slack, mail, the terminal. Look-alikes cannot be told apart there. */
export function visibleText(text: string, options: VisibleOptions = {}): string {
  return visible(text, options)
    .segments.map((segment) => segment.text)
    .join('')
}

function kindOf(character: string, isSuspect: boolean, keepLines: boolean): VisibleSegment['kind'] {
  if (HIDDEN.test(character)) return keepLines && character === '\n' ? 'plain' : 'escaped'
  return isSuspect ? 'lookalike' : 'plain'
}

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0
  return `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

function append(segments: VisibleSegment[], text: string, kind: VisibleSegment['kind']): void {
  const last = segments.at(-1)
  if (last?.kind === kind) last.text += text
  else segments.push({ text, kind })
}
