/** Why bytes are not plain text: a sentence about the place, for whoever sent them. */
export type TextReading = { ok: true; text: string } | { ok: false; why: string }

/** Tab and the ends of lines are the only controls a text holds. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u
/** Text that is drawn in another order than it stands in (Unicode TR 9): a reader would sign other words. */
const TURNED = /[\u202a-\u202e\u2066-\u2069]/
/** Texts that programs take for something else: mark-up, scripts, PostScript, RTF. PDF readers look further than the start. */
const OTHERWISE_READ = /^\s*(<[a-z!?/]|#!|%!|\{\\rtf)/i
const PDF_ANYWHERE = '%PDF-'
const PDF_LOOKED_FOR_IN = 1024

/** Bytes as plain text: valid UTF-8, nothing unseen in it, and nothing that a program would run or draw. */
export function readText(bytes: Uint8Array): TextReading {
  const text = decode(bytes)
  if (text === null) return { ok: false, why: 'It is not text in UTF-8.' }
  const control = placeOf(text, CONTROL)
  if (control) return { ok: false, why: `It holds a control character in line ${control}.` }
  const turned = placeOf(text, TURNED)
  if (turned) {
    return { ok: false, why: `It holds a character that turns the text round, in line ${turned}.` }
  }
  if (OTHERWISE_READ.test(text) || text.slice(0, PDF_LOOKED_FOR_IN).includes(PDF_ANYWHERE)) {
    return { ok: false, why: 'It is mark-up or a program, not plain text.' }
  }
  return { ok: true, text }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The number of the first line that has it; null for none. */
function placeOf(text: string, what: RegExp): number | null {
  const at = text.search(what)
  return at < 0 ? null : text.slice(0, at).split('\n').length
}
