/** One stretch of a text that a caller sent: as it is, or as a visible escape. */
export interface Revealed {
  text: string
  isEscape: boolean
}

/**
 * Makes what a caller sent legible as it is hashed: controls, bidirectional and zero-width characters,
 * unassigned ones, odd spaces and letters that pass for others become visible escapes such as `\u202e`.
 * Nothing is dropped, and a letter of an ordinary name stays.
 * Bidirectional controls: Unicode TR 9; look-alikes after Unicode TS 39, mixed scripts within one word.
 */
export function reveal(text: string): Revealed[] {
  if (PLAIN.test(text)) return [{ text, isEscape: false }]
  const out: Revealed[] = []
  for (const word of text.split(WORD_EDGE)) {
    const isMixed = LATIN.test(word) && LOOKALIKE_SCRIPT.test(word)
    for (const char of word) {
      push(out, char, needsEscape(char) || (isMixed && LOOKALIKE_SCRIPT.test(char)))
    }
  }
  return out
}

/** The same in one string, for places without markup such as a page's title. */
export function revealText(text: string): string {
  return reveal(text)
    .map((run) => run.text)
    .join('')
}

/** True where reading and bytes may part: shown as a notice beside the escapes. */
export function hasHidden(text: string): boolean {
  return reveal(text).some((run) => run.isEscape)
}

/** Most of what is sent: nothing in it can hide or pass for something else. */
const PLAIN = /^[\n\x20-\x7e]+$/
const WORD_EDGE = /(?<=[^\p{L}\p{M}])|(?=[^\p{L}\p{M}])/u
const LATIN = /\p{Script=Latin}/u
const LOOKALIKE_SCRIPT =
  /\p{Script=Cyrillic}|\p{Script=Greek}|\p{Script=Armenian}|\p{Script=Cherokee}|\p{Script=Lisu}|\p{Script=Coptic}/u
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]|[\ufe00-\ufe0f]/u
const ODD_SPACE = /[\p{Zs}]/u
/** Latin letters made for phonetics (IPA and extensions), click letters, small capitals. */
const PHONETIC = /[\u0237\u0250-\u02af\u01c0-\u01c3\u1d00-\u1d7f\ua730-\ua731]/u

function needsEscape(char: string): boolean {
  if (char === '\n' || char === ' ') return false
  return INVISIBLE.test(char) || ODD_SPACE.test(char) || PHONETIC.test(char) || isDressedAscii(char)
}

/** Full-width, mathematical, circled and other dressed forms that fold to plain ASCII letters. */
function isDressedAscii(char: string): boolean {
  const folded = char.normalize('NFKC')
  return folded !== char && /^[\x21-\x7e]+$/.test(folded) && !/[…™]/u.test(char)
}

function push(out: Revealed[], char: string, isEscape: boolean): void {
  const text = isEscape ? escapeOf(char) : char
  const last = out.at(-1)
  if (last && last.isEscape === isEscape) last.text += text
  else out.push({ text, isEscape })
}

/** As JSON writes it, so that it can be found in the bytes: `\u202e`, `\ud835\udc00`. */
function escapeOf(char: string): string {
  let out = ''
  for (let at = 0; at < char.length; at += 1) {
    out += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return out
}
