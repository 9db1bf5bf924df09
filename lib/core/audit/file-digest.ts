import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Digest } from '../contract/digest'
import { utf8 } from './bytes'

/** SHA-256 over lines as they stand in a file, each with its newline. Fed line by line, so nothing is held; `end` is of those so far. */
export function createFileDigest(): { add: (line: string) => void; end: () => Digest } {
  const hash = sha256.create()
  return {
    add: (line) => {
      hash.update(utf8(`${line}\n`))
    },
    end: () => `sha-256:${bytesToHex(hash.clone().digest())}`,
  }
}
