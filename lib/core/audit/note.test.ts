import { describe, expect, test } from 'vitest'
import { formatVerifier, noteVerifier, openNote, parseVerifier, signNote } from './note'

/** The example of the documentation of golang.org/x/mod/sumdb/note, an independent implementation. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const GO_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`

async function newSigner(name: string) {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Ed25519 gives a pair')
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const signer = { name, publicKey, key: pair.privateKey }
  return { signer, verifier: noteVerifier(name, publicKey) }
}

function goVerifier() {
  const verifier = parseVerifier(GO_KEY)
  if (verifier === undefined) throw new Error('the example key must be read')
  return verifier
}

describe('a signed note', () => {
  test('made by another implementation opens', async () => {
    expect(await openNote(GO_NOTE, [goVerifier()])).toEqual({
      text: GO_TEXT,
      signedBy: ['PeterNeumann'],
    })
  })

  test('made here opens here', async () => {
    const { signer, verifier } = await newSigner('example.com/log')
    const text = 'one\n\ntwo: è\n'
    const note = await signNote(text, signer)
    expect(await openNote(note, [verifier])).toEqual({ text, signedBy: ['example.com/log'] })
  })

  test('does not open once any character of its text is another', async () => {
    for (let at = 0; at < GO_TEXT.length; at++) {
      const other = GO_NOTE[at] === 'x' ? 'y' : 'x'
      const changed = GO_NOTE.slice(0, at) + other + GO_NOTE.slice(at + 1)
      expect(await openNote(changed, [goVerifier()])).toBeUndefined()
    }
  })

  test('does not open with a key that did not sign it', async () => {
    const { verifier } = await newSigner('example.com/log')
    expect(await openNote(GO_NOTE, [verifier])).toBeUndefined()
    expect(await openNote(GO_NOTE, [])).toBeUndefined()
  })

  test('does not open with a signature that stands under another name', async () => {
    const renamed = GO_NOTE.replace('— PeterNeumann', '— Somebody')
    expect(await openNote(renamed, [goVerifier()])).toBeUndefined()
  })

  test('opens in spite of signatures by unknown keys, under a known name too', async () => {
    const { signer } = await newSigner('PeterNeumann')
    const foreign = (await signNote(GO_TEXT, signer)).slice(GO_TEXT.length + 1)
    const note = GO_NOTE + foreign
    expect(await openNote(note, [goVerifier()])).toEqual({
      text: GO_TEXT,
      signedBy: ['PeterNeumann'],
    })
  })

  test('does not open when one known key signed it and another known key did not', async () => {
    const one = await newSigner('one')
    const two = await newSigner('two')
    const good = await signNote('text\n', one.signer)
    const elsewhere = (await signNote('other\n', two.signer)).slice('other\n\n'.length)
    expect(await openNote(good + elsewhere, [one.verifier, two.verifier])).toBeUndefined()
    expect(await openNote(good + elsewhere, [one.verifier])).toBeDefined()
  })

  test.each([
    ['no signature', GO_TEXT],
    ['no blank line', GO_NOTE.replace('\n\n', '\n')],
    ['no newline at the end', GO_NOTE.slice(0, -1)],
    ['a hyphen for the dash', GO_NOTE.replace('—', '-')],
    ['a carriage return', GO_NOTE.replace('\n\n', '\r\n\r\n')],
    ['a signature that is not Base64', GO_NOTE.replace('x08go', 'x08g!')],
    ['a signature in another spelling', GO_NOTE.replace('nAM=', 'nAN=')],
    ['a short signature', GO_NOTE.replace(/NIuGUg.*\n$/, 'NIs=\n')],
    ['too many signatures', GO_NOTE + '— other AAAAAAA=\n'.repeat(16)],
    ['half a character', GO_NOTE.replace('If', '\ud800f')],
  ])('does not open with %s', async (_, note) => {
    expect(await openNote(note, [goVerifier()])).toBeUndefined()
  })

  test('is not made from a text that could not be read back', async () => {
    const { signer } = await newSigner('example.com/log')
    for (const text of ['no newline', 'tab\there\n', '\ud800\n', '']) {
      await expect(signNote(text, signer)).rejects.toThrow(RangeError)
    }
  })
})

describe('a verifier key', () => {
  test('is written as it is read', () => {
    expect(formatVerifier(goVerifier())).toBe(GO_KEY)
  })

  test.each([
    ['another name', GO_KEY.replace('Peter', 'Petra')],
    ['another id', GO_KEY.replace('c74f20a3', 'c74f20a4')],
    ['another algorithm', GO_KEY.replace('+ARpc', '+AhpC')],
    ['a short key', GO_KEY.slice(0, -4)],
    ['a space in the name', GO_KEY.replace('Peter', 'Peter ')],
    ['no parts', 'PeterNeumann'],
  ])('with %s is not read', (_, text) => {
    expect(parseVerifier(text)).toBeUndefined()
  })

  test.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\nb'])('has not the name %j', (name) => {
    expect(() => noteVerifier(name, new Uint8Array(32))).toThrow(RangeError)
  })

  test('is 32 bytes', () => {
    expect(() => noteVerifier('a', new Uint8Array(31))).toThrow(RangeError)
  })
})
