import { sha256 } from '@noble/hashes/sha2.js'
import type { CryptoKey } from 'jose'
import { concatBytes, equalBytes, fromBase64, toBase64, toHex, utf8 } from './bytes'

/** Who may sign a note, as a verifier knows them: `name` and `keyId` together name the key. */
export type NoteVerifier = { name: string; keyId: Uint8Array; publicKey: Uint8Array<ArrayBuffer> }

/** `key` is an Ed25519 private key for `publicKey` (32 bytes). */
export type NoteSigner = { name: string; publicKey: Uint8Array; key: CryptoKey }

/** Signature type byte of plain Ed25519 (c2sp.org/signed-note, Signature types). */
const ED25519 = 0x01
const KEY_ID_BYTES = 4
const PUBLIC_KEY_BYTES = 32
const SIGNATURE_BYTES = 64
/** The specification asks for at least 16 to be taken; large ones are up to 5 kB. */
const MAX_SIGNATURES = 16
const MAX_NOTE_CHARS = 128 * 1024
const NAME = /^[^\s+\p{Cc}\p{Cs}]+$/u
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification bars exactly these.
const BARRED = /[\u0000-\u0009\u000b-\u001f]|\p{Cs}/u

/**
 * Signs a text as a note (c2sp.org/signed-note): the text, a blank line, `— <name> base64(key id || signature)`.
 * @throws RangeError when the text or the name cannot stand in a note
 */
export async function signNote(text: string, signer: NoteSigner): Promise<string> {
  if (!text.endsWith('\n') || BARRED.test(text)) {
    throw new RangeError('A note ends in a newline and has no other control characters')
  }
  const { keyId } = noteVerifier(signer.name, signer.publicKey)
  const signature = await crypto.subtle.sign('Ed25519', signer.key, utf8(text))
  const signed = toBase64(concatBytes(keyId, new Uint8Array(signature)))
  return `${text}\n\u2014 ${signer.name} ${signed}\n`
}

/**
 * The text of a note, if at least one of the given keys signed it. Signatures by other keys are ignored; a wrong
 * signature by one of the given keys refuses the whole note (c2sp.org/signed-note, Signatures).
 * @returns the text with the names of the keys that signed it, or undefined
 */
export async function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): Promise<{ text: string; signedBy: string[] } | undefined> {
  const parts = splitNote(note)
  if (parts === undefined) return undefined
  const signedBy: string[] = []
  for (const { name, keyId, signature } of parts.signatures) {
    const verifier = verifiers.find((one) => one.name === name && equalBytes(one.keyId, keyId))
    if (verifier === undefined) continue
    if (!(await isSignedBy(verifier, signature, utf8(parts.text)))) return undefined
    signedBy.push(name)
  }
  return signedBy.length > 0 ? { text: parts.text, signedBy } : undefined
}

/**
 * What a verifier has to know of a key: the key id is SHA-256(name || 0x0A || 0x01 || public key)[:4].
 * @throws RangeError when the name has spaces or a plus, or the key is not 32 bytes
 */
export function noteVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  if (!NAME.test(name)) throw new RangeError('The name of a note key has no spaces and no plus')
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new RangeError(`An Ed25519 public key is ${PUBLIC_KEY_BYTES} bytes`)
  }
  const typed = concatBytes(Uint8Array.of(ED25519), publicKey)
  const keyId = sha256(concatBytes(utf8(`${name}\n`), typed)).slice(0, KEY_ID_BYTES)
  return { name, keyId, publicKey: typed.slice(1) }
}

/** The usual text form of a verifier: `<name>+<key id in hex>+<base64(0x01 || public key)>`. */
export function formatVerifier({ name, keyId, publicKey }: NoteVerifier): string {
  return `${name}+${toHex(keyId)}+${toBase64(concatBytes(Uint8Array.of(ED25519), publicKey))}`
}

/** Reads the text form of a verifier. The key id has to be the one that name and key give. */
export function parseVerifier(text: string): NoteVerifier | undefined {
  const [, name, keyId, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) ?? []
  const typed = fromBase64(key ?? '')
  if (name === undefined || !NAME.test(name)) return undefined
  if (typed?.length !== 1 + PUBLIC_KEY_BYTES || typed[0] !== ED25519) return undefined
  const verifier = noteVerifier(name, typed.slice(1))
  return toHex(verifier.keyId) === keyId ? verifier : undefined
}

type NoteSignature = { name: string; keyId: Uint8Array; signature: Uint8Array<ArrayBuffer> }

function splitNote(note: string): { text: string; signatures: NoteSignature[] } | undefined {
  if (note.length > MAX_NOTE_CHARS || BARRED.test(note) || !note.endsWith('\n')) return undefined
  const blank = note.lastIndexOf('\n\n')
  if (blank < 0) return undefined
  const lines = note.slice(blank + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return undefined
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? []
    const bytes = fromBase64(encoded ?? '')
    if (name === undefined || bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined
    signatures.push({
      name,
      keyId: bytes.slice(0, KEY_ID_BYTES),
      signature: bytes.slice(KEY_ID_BYTES),
    })
  }
  return { text: note.slice(0, blank + 1), signatures }
}

async function isSignedBy(
  verifier: NoteVerifier,
  signature: Uint8Array<ArrayBuffer>,
  text: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false
  const key = await crypto.subtle.importKey('raw', verifier.publicKey, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, signature, text)
}
