const WORD = /[\p{L}\p{M}\p{N}_]+/gu
const ASCII = /^[\x20-\x7e]*$/
const LATIN = /\p{Script=Latin}/u

/** Scripts whose letters are drawn like Latin ones (Unicode TS 39). Han, Kana and Hangul are not: mixing them is ordinary. */
const CONFUSED: readonly RegExp[] = [
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Lisu}/u,
]

/**
 * Letters of those scripts that are drawn like a Latin letter: a whole word of them reads as Latin. Written as code points
 * because nobody could review the letters themselves. By line: Cyrillic small, Cyrillic capital, Greek, Armenian, Cherokee, Lisu.
 */
const TWIN = new RegExp(
  [
    '[\\u0430\\u0435\\u043e\\u0440\\u0441\\u0443\\u0445\\u0455\\u0456\\u0458\\u0475\\u04bb\\u04cf\\u0501\\u051b\\u051d',
    '\\u0405\\u0406\\u0408\\u0410\\u0412\\u0415\\u0417\\u041a\\u041c-\\u041e\\u0420-\\u0423\\u0425\\u04ae\\u04ba\\u04c0\\u050c\\u051a\\u051c',
    '\\u03b1\\u03b9\\u03ba\\u03bd\\u03bf\\u03c1\\u03c5\\u03f2\\u03f3\\u0391\\u0392\\u0395-\\u0397\\u0399\\u039a\\u039c\\u039d\\u039f\\u03a1\\u03a4\\u03a5\\u03a7',
    '\\u0566\\u0570\\u0578\\u057d\\u0581\\u0585\\u054d\\u0555',
    '\\u13a0-\\u13a2\\u13aa-\\u13ac\\u13b3\\u13b7\\u13bb\\u13c0\\u13c3\\u13cf\\u13d2\\u13d4\\u13d9\\u13da\\u13de\\u13df\\u13e2\\u13e6\\u13f4',
    '\\ua4d0-\\ua4f3]',
  ].join(''),
  'u',
)

/** Not ASCII, but drawn like it. By line: Latin letters of phonetics and small capitals, signs that pass for ! . / : ; , */
const DISGUISED = new RegExp(
  [
    '[\\u0251\\u0261\\u0269\\u029f\\u1d00\\u1d04\\u1d07\\u1d0f\\u1d1c\\u1d20-\\u1d22\\u01c0',
    '\\u01c3\\u2024\\ua4f8\\u2044\\u2215\\u29f8\\u2236\\ua789\\u037e\\u201a\\u066b]',
  ].join(''),
  'u',
)

/** The dotless i passes for an i, except in the languages that have it: those show in their other letters. */
const DOTLESS = '\u0131'
const TURKIC = /[\u011e\u011f\u0130\u015e\u015f\u018f\u0259çöüÇÖÜ]/

/**
 * Places (UTF-16 index) of letters that pass for others: letters of another script inside a Latin word, of a second script
 * inside any word, words made only of twins of Latin letters in a text that holds no other letter of their script, full-width
 * and mathematical letters, and disguised punctuation. Ordinary text in any one language is not flagged.
 */
export function lookAlikes(text: string): Set<number> {
  const places = new Set<number>()
  if (ASCII.test(text)) return places
  const isTurkic = TURKIC.test(text)
  for (const [at, character] of characters(text)) {
    if (DISGUISED.test(character) || isStyledAscii(character)) places.add(at)
    if (character === DOTLESS && !isTurkic) places.add(at)
  }
  const foreign = CONFUSED.filter((script) => script.test(text))
  if (foreign.length === 0) return places
  const plain = foreign.filter((script) => !hasOwnLetters(text, script))
  for (const word of text.matchAll(WORD)) {
    for (const at of strangers(word[0], foreign, plain)) places.add(word.index + at)
  }
  return places
}

/** Index of the letters of a word that are not of its script. */
function strangers(word: string, foreign: readonly RegExp[], plain: readonly RegExp[]): number[] {
  const found = foreign.filter((script) => script.test(word))
  const [first] = found
  if (first === undefined) return []
  if (LATIN.test(word)) return places(word, (letter) => found.some((script) => script.test(letter)))
  // Two scripts and no Latin: whichever came second in the table is flagged; either is odd.
  if (found.length > 1) return places(word, (letter) => !first.test(letter) && isIn(found, letter))
  if (!plain.includes(first)) return []
  const isDisguise = characters(word).every(
    ([, letter]) => TWIN.test(letter) || !first.test(letter),
  )
  return isDisguise ? places(word, (letter) => first.test(letter)) : []
}

/** Whether a text holds a letter of a script that no Latin letter looks like: then it is simply written in that script. */
function hasOwnLetters(text: string, script: RegExp): boolean {
  return characters(text).some(([, letter]) => script.test(letter) && !TWIN.test(letter))
}

/** Full-width, mathematical and enclosed letters and digits, ligatures, Roman numerals: compatibility forms of ASCII. */
function isStyledAscii(character: string): boolean {
  if (character <= '\u02ff' || !/[\p{L}\p{Nd}\p{Nl}]/u.test(character)) return false
  return /^[A-Za-z0-9]+$/.test(character.normalize('NFKC'))
}

function isIn(scripts: readonly RegExp[], letter: string): boolean {
  return scripts.some((script) => script.test(letter))
}

function places(word: string, isFlagged: (letter: string) => boolean): number[] {
  return characters(word)
    .filter(([, letter]) => isFlagged(letter))
    .map(([at]) => at)
}

function characters(text: string): [number, string][] {
  const list: [number, string][] = []
  let at = 0
  for (const character of text) {
    list.push([at, character])
    at += character.length
  }
  return list
}
