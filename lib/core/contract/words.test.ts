import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Digest, digestOfText } from './digest'
import { WORD_LIST } from './word-list'
import { digestWords } from './words'

const digest = fc.string().map(digestOfText)

/** Words of the product's pages and buttons, states and answers: none may be, or be heard inside, a digest word. */
const TAKEN =
  `accept action agent alarm allow answer approve audit burn burnt button caller cancel card cash check choice claim clear
  clock close code collect comment confirm console contract count danger deadline decide decision defer denied deny digest done
  draft due edit empty end enter entry error evidence expire fail false file final finish first flag form gate go good grant
  green group hand held help hold ignore ink issue item key label lapse last late left letter link list live lock log mark
  match menu met missing money name never new next no none note now off ok old on open option order owner page paper pass past
  pause pending people person plan policy print proof queue ready reason receipt record red redeem reject release
  remove reply report request require reset resume retry return review revoke right risk role rollback rule run runtime safe
  save seal send session shut sign signal signature skip slack stamp start state status step stop submit table task term test
  ticket time token tool trust try undo unknown unsafe use valid verdict verify view void vote wait warn window withdraw word
  wrong yes`.split(/\s+/)

/** Long enough to be heard as themselves inside another word. */
const HEARD_INSIDE = TAKEN.filter((word) => word.length >= 5)

test('the list has 1,024 words, ten bits each', () => {
  expect(WORD_LIST).toHaveLength(1024)
  expect(new Set(WORD_LIST).size).toBe(1024)
  expect([...WORD_LIST].sort()).toEqual(WORD_LIST)
})

test('each word is four to eight plain letters and known by its first four', () => {
  for (const word of WORD_LIST) expect(word).toMatch(/^[a-z]{4,8}$/)
  expect(new Set(WORD_LIST.map((word) => word.slice(0, 4))).size).toBe(1024)
})

test('no two words differ by one letter changed, left out or swapped', () => {
  const near: string[] = []
  const all = new Set(WORD_LIST)
  for (const word of WORD_LIST) {
    for (const other of oneOff(word))
      if (other !== word && all.has(other)) near.push(`${word} ${other}`)
  }
  expect(near).toEqual([])
})

test('no word reads as a choice, a state or a thing on the page', () => {
  const taken = new Set(TAKEN)
  expect(WORD_LIST.filter((word) => taken.has(word))).toEqual([])
  const heard = WORD_LIST.filter((word) => HEARD_INSIDE.some((part) => word.includes(part)))
  expect(heard).toEqual([])
})

test('words are the first 60 bits, in order', () => {
  const rest = '0'.repeat(49)
  expect(digestWords(`sha-256:000000000000000${rest}`)).toEqual(Array(6).fill(WORD_LIST[0]))
  expect(digestWords(`sha-256:fffffffffffffff${rest}`)).toEqual(Array(6).fill(WORD_LIST[1023]))
  // 0000000000 0000000001 0000000010 0000000011 0000000100 0000000101
  expect(digestWords(`sha-256:000010080301005${rest}`)).toEqual(WORD_LIST.slice(0, 6))
})

test('every digest has six words of the list, and one changed bit of the 60 changes them', () => {
  fc.assert(
    fc.property(digest, fc.integer({ min: 0, max: 14 }), (value, place) => {
      const words = digestWords(value)
      expect(words).toHaveLength(6)
      for (const word of words) expect(WORD_LIST).toContain(word)
      const at = 'sha-256:'.length + place
      const digit = (Number.parseInt(value.charAt(at), 16) ^ 1).toString(16)
      const other: Digest = `sha-256:${value.slice(8, at)}${digit}${value.slice(at + 1)}`
      expect(digestWords(other)).not.toEqual(words)
    }),
  )
})

test('what is no digest has no words', () => {
  expect(() => digestWords('sha-256:00')).toThrow(TypeError)
})

function* oneOff(word: string): Generator<string> {
  for (let at = 0; at < word.length; at++) {
    yield word.slice(0, at) + word.slice(at + 1)
    yield word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2)
    for (let letter = 97; letter <= 122; letter++) {
      yield word.slice(0, at) + String.fromCharCode(letter) + word.slice(at + 1)
    }
  }
}
