import { type Digest, isDigest } from './digest'
import { WORD_LIST } from './word-list'

export type DigestWords = [string, string, string, string, string, string]

/**
 * Six words for a digest: its first 60 bits, ten a word, most significant first. They help people see that console, phone,
 * Slack and print show the same thing; what is compared by machines is always the whole digest.
 * @throws TypeError when the text is not a digest
 */
export function digestWords(digest: Digest): DigestWords {
  if (!isDigest(digest)) throw new TypeError('Not a sha-256 digest')
  const bits = BigInt(`0x${digest.slice('sha-256:'.length, 'sha-256:'.length + 15)}`)
  return [
    word(bits, 50n),
    word(bits, 40n),
    word(bits, 30n),
    word(bits, 20n),
    word(bits, 10n),
    word(bits, 0n),
  ]
}

function word(bits: bigint, shift: bigint): string {
  const found = WORD_LIST[Number((bits >> shift) & 1023n)]
  if (found === undefined) throw new Error('The word list does not have 1,024 words')
  return found
}
