import type { RichTextBlock } from '@slack/types'
import { visible } from '#lib/core/contract/visible'
import { bullets, code, said } from './text'

/** More than this are counted, not listed. */
const MOST_LISTED = 5

/**
 * What the eye would miss in texts that were fenced: letters that pass for others, which a preformatted text cannot mark in
 * their place, and characters that are shown by their number. Empty for ordinary text.
 */
export function oddLetters(texts: readonly string[]): RichTextBlock[] {
  const segments = texts.flatMap((text) => visible(text, { keepLines: true }).segments)
  const doubles = [
    ...new Set(segments.flatMap(({ kind, text }) => (kind === 'lookalike' ? [...text] : []))),
  ]
  const hidden = segments
    .filter(({ kind }) => kind === 'escaped')
    .flatMap(({ text }) => text.match(/⟨/gu) ?? [])
  const lines = [
    ...(doubles.length === 0 ? [] : [doublesLine(doubles)]),
    ...(hidden.length === 0 ? [] : [[said(hiddenText(hidden.length))]]),
  ]
  return lines.length === 0 ? [] : [bullets(lines)]
}

function doublesLine(letters: string[]) {
  const listed = letters.slice(0, MOST_LISTED)
  const rest = letters.length - listed.length
  return [
    said('Letters that only look like others: '),
    ...listed.flatMap((letter, at) => [
      ...(at === 0 ? [] : [said(', ')]),
      code(`${letter} ${point(letter)}`),
    ]),
    said(rest > 0 ? ` and ${rest} more.` : '.'),
  ]
}

function hiddenText(count: number): string {
  return count === 1
    ? 'One character that cannot be seen is shown by its number, as in ⟨U+202E⟩.'
    : `${count} characters that cannot be seen are shown by their numbers, as in ⟨U+202E⟩.`
}

function point(letter: string): string {
  return `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
