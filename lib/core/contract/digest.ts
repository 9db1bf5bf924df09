import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonical } from './canonical'
import type { Contract } from './contract'

/** `sha-256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha-256:${string}`

const DIGEST = /^sha-256:[0-9a-f]{64}$/

/** What a contract digest is made from. `domain` is the issuer, `caller` its immutable id: the same contract sent by
 * another caller, or to another installation, has another digest. */
export type ContractParts = { domain: string; caller: string; contract: Contract }

/**
 * The contract digest and the exact text that was hashed: SHA-256 over the UTF-8 of the JCS (RFC 8785) form of
 * `{v: 1, domain, caller, contract}`. No default, trimming or Unicode normalisation comes between receiving and hashing.
 */
export function contractDigest(parts: ContractParts): { digest: Digest; bytes: string } {
  const { domain, caller, contract } = parts
  const bytes = canonical({ v: 1, domain, caller, contract })
  return { digest: digestOfText(bytes), bytes }
}

/**
 * Digest of any other hashed document: a review, the body of evidence, an audit entry. `type` keeps one kind of document
 * from passing for another; a hashed contract has no member of that name.
 * @throws TypeError when the document is not JSON or names no type
 */
export function digestOf<T extends { readonly type: string }>(document: T): Digest {
  if (document.type === '') throw new TypeError('A hashed document names its type')
  return digestOfText(canonical(document))
}

/** SHA-256 of the UTF-8 form of a text that is already in its final bytes. */
export function digestOfText(text: string): Digest {
  return `sha-256:${bytesToHex(sha256(utf8ToBytes(text)))}`
}

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text)
}
