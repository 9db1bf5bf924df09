import { beforeAll, describe, expect, test } from 'vitest'
import { checkpointText, openCheckpoint, signCheckpoint } from './checkpoint'
import { leafHash } from './merkle-hash'
import { type NoteSigner, type NoteVerifier, noteVerifier, signNote } from './note'

const ORIGIN = 'countersign.example.com/audit'
const ROOT = leafHash(new Uint8Array())
let signer: NoteSigner
let verifier: NoteVerifier

beforeAll(async () => {
  ;[signer, verifier] = await newKey(ORIGIN)
})

async function newKey(name: string): Promise<[NoteSigner, NoteVerifier]> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Ed25519 gives a pair')
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return [{ name, publicKey, key: pair.privateKey }, noteVerifier(name, publicKey)]
}

describe('a checkpoint', () => {
  test('has origin, size and Base64 root, a line each, as C2SP writes it', () => {
    expect(checkpointText({ origin: ORIGIN, size: 20852163, root: ROOT })).toBe(
      `${ORIGIN}\n20852163\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n`,
    )
  })

  test.each([0, 1, 20852163, Number.MAX_SAFE_INTEGER])('of %s leaves reads back', async (size) => {
    const note = await signCheckpoint({ size, root: ROOT }, signer)
    expect(await openCheckpoint(note, [verifier])).toEqual({ origin: ORIGIN, size, root: ROOT })
  })

  test('does not read with another size, root or origin than was signed', async () => {
    const note = await signCheckpoint({ size: 7, root: ROOT }, signer)
    for (const changed of [
      note.replace('\n7\n', '\n8\n'),
      note.replace('bjQL', 'bjQM'),
      note.replace(ORIGIN, 'other.example.com/audit'),
    ]) {
      expect(changed).not.toBe(note)
      expect(await openCheckpoint(changed, [verifier])).toBeUndefined()
    }
  })

  test('is not ours when only a witness signed it', async () => {
    const [witness, witnessVerifier] = await newKey('witness.example.net')
    const text = checkpointText({ origin: ORIGIN, size: 7, root: ROOT })
    const note = await signNote(text, witness)
    expect(await openCheckpoint(note, [verifier, witnessVerifier])).toBeUndefined()
    const own = await signNote(text, signer)
    const both = own + note.slice(text.length + 1)
    expect(await openCheckpoint(both, [verifier, witnessVerifier])).toBeDefined()
  })

  test('signed by any key that the log had is read', async () => {
    const [next, nextVerifier] = await newKey(ORIGIN)
    const note = await signCheckpoint({ size: 7, root: ROOT }, next)
    expect(await openCheckpoint(note, [verifier, nextVerifier])).toBeDefined()
    expect(await openCheckpoint(note, [verifier])).toBeUndefined()
  })

  test.each([
    ['a leading zero', `${ORIGIN}\n07\nROOT\n`],
    ['a negative size', `${ORIGIN}\n-7\nROOT\n`],
    ['a size that is no exact number', `${ORIGIN}\n9007199254740993\nROOT\n`],
    ['no size', `${ORIGIN}\n\nROOT\n`],
    ['a short root', `${ORIGIN}\n7\nAAAA\n`],
    ['an extension line', `${ORIGIN}\n7\nROOT\nmore\n`],
    ['no origin', '\n7\nROOT\n'],
    ['two lines', `${ORIGIN}\n7\n`],
  ])('is not read with %s, though we signed it', async (_, form) => {
    const text = form.replace('ROOT', 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=')
    expect(await openCheckpoint(await signNote(text, signer), [verifier])).toBeUndefined()
  })

  test.each([-1, 0.5, Number.NaN])('is not made of %s leaves', (size) => {
    expect(() => checkpointText({ origin: ORIGIN, size, root: ROOT })).toThrow(RangeError)
  })

  test('is not made of what is no hash', () => {
    expect(() => checkpointText({ origin: ORIGIN, size: 1, root: new Uint8Array(20) })).toThrow(
      RangeError,
    )
  })
})
