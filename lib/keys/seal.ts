import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts what rests in the database. `purpose` and `id` are bound: a sealed text moved to another row does not open. */
export type Sealer = {
  seal(purpose: string, id: string, plaintext: Uint8Array): string
  /** @throws UnsealError */
  open(purpose: string, id: string, sealed: string): Uint8Array
}

/** Why a sealed text did not open: `forged` covers a changed text and a text of another purpose or id. */
export type UnsealReason = 'malformed' | 'unknown_secret' | 'forged'

/** A fault, never a user's mistake: the stored text or the installation secret is not what it was. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError'
  readonly reason: UnsealReason

  constructor(reason: UnsealReason, purpose: string, id: string) {
    super(`${EXPLANATIONS[reason]} (${purpose} ${id})`)
    this.reason = reason
  }
}

const EXPLANATIONS: Record<UnsealReason, string> = {
  malformed: 'The sealed text is not of a known format',
  unknown_secret: 'The text was sealed under another installation secret',
  forged: 'The sealed text was changed or belongs elsewhere',
}

const VERSION = 'cs1'
const MIN_SECRET_BYTES = 32
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SALT = 'countersign/seal/v1'
const FORMAT = /^cs1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{38,})$/

/**
 * A sealer over the installation secret: AES-256-GCM under a key that HKDF-SHA-256 (RFC 5869) derives for each purpose.
 * Format: `cs1.<id of the secret>.<base64url(nonce 12 || ciphertext || tag 16)>`.
 * @param secret at least 32 bytes; a text counts as UTF-8
 * @param previousSecrets secrets that were current earlier: they still open, they never seal
 * @throws RangeError when a secret is too short
 */
export function createSealer(
  secret: string | Uint8Array,
  previousSecrets: readonly (string | Uint8Array)[] = [],
): Sealer {
  const current = keyRing(secret)
  const rings = new Map([...previousSecrets.map(keyRing), current].map((ring) => [ring.id, ring]))
  return {
    seal(purpose, id, plaintext) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', current.keyFor(purpose), nonce)
      cipher.setAAD(boundTo(purpose, id))
      const body = [nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]
      return `${VERSION}.${current.id}.${Buffer.concat(body).toString('base64url')}`
    },
    open(purpose, id, sealed) {
      const [, secretId, encoded] = FORMAT.exec(sealed) ?? []
      if (secretId === undefined || encoded === undefined) {
        throw new UnsealError('malformed', purpose, id)
      }
      const ring = rings.get(secretId)
      if (ring === undefined) throw new UnsealError('unknown_secret', purpose, id)
      const opened = decrypt(ring.keyFor(purpose), boundTo(purpose, id), encoded)
      if (opened === undefined) throw new UnsealError('forged', purpose, id)
      return opened
    },
  }
}

type KeyRing = { id: string; keyFor(purpose: string): Uint8Array }

function keyRing(secret: string | Uint8Array): KeyRing {
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new RangeError(`The installation secret needs at least ${MIN_SECRET_BYTES} bytes`)
  }
  const derive = (info: string) => new Uint8Array(hkdfSync('sha256', bytes, SALT, info, KEY_BYTES))
  // The id is derived like a key, so it tells secrets apart and says nothing about them.
  const id = createHash('sha256').update(derive('secret-id')).digest('hex').slice(0, 8)
  const keys = new Map<string, Uint8Array>()
  return {
    id,
    keyFor(purpose) {
      const key = keys.get(purpose) ?? derive(`purpose:${purpose}`)
      keys.set(purpose, key)
      return key
    },
  }
}

/** JSON keeps the parts apart: ("a", "bc") and ("ab", "c") are different. */
function boundTo(purpose: string, id: string): Uint8Array {
  return Buffer.from(JSON.stringify([VERSION, purpose, id]), 'utf8')
}

function decrypt(key: Uint8Array, aad: Uint8Array, encoded: string): Uint8Array | undefined {
  const body = Buffer.from(encoded, 'base64url')
  // Only the one canonical spelling opens, so a stored text cannot be varied unseen.
  if (body.toString('base64url') !== encoded) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(aad)
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES))
  try {
    const text = decipher.update(body.subarray(NONCE_BYTES, body.length - TAG_BYTES))
    return new Uint8Array(Buffer.concat([text, decipher.final()]))
  } catch {
    // Node says only "unable to authenticate data"; the caller tells more.
    return undefined
  }
}
