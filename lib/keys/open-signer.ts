import { importJWK, type JWK } from 'jose'
import type { NoteSigner } from '#lib/core/audit/note'
import type { TokenSigner } from '#lib/core/token/mint-token'
import type { Sealer } from './seal'
import { SEAL_PURPOSE, type SigningKeyRecord } from './signing-keys'

/** Opens sealed signing keys. Each is unsealed and imported once; the imported key cannot be exported. */
export type SignerOpener = {
  /** @throws RangeError for a record of another purpose, UnsealError when it does not open */
  tokenSigner(record: SigningKeyRecord): Promise<TokenSigner>
  /** @param origin the name of the audit log, for ever the same */
  checkpointSigner(record: SigningKeyRecord, origin: string): Promise<NoteSigner>
}

export function createSignerOpener(sealer: Sealer): SignerOpener {
  const opened = new Map<string, Promise<CryptoKey>>()
  const open = (record: SigningKeyRecord): Promise<CryptoKey> => {
    const known = opened.get(record.sealedPrivate)
    if (known !== undefined) return known
    const key = importPrivate(record, sealer)
    opened.set(record.sealedPrivate, key)
    // A failure is not kept: the next call says why again.
    key.catch(() => opened.delete(record.sealedPrivate))
    return key
  }
  return {
    async tokenSigner(record) {
      assertPurpose(record, 'allow_token')
      return { kid: record.kid, alg: record.alg, key: await open(record) }
    },
    async checkpointSigner(record, origin) {
      assertPurpose(record, 'checkpoint')
      const publicKey = new Uint8Array(Buffer.from(record.publicJwk.x, 'base64url'))
      return { name: origin, publicKey, key: await open(record) }
    },
  }
}

async function importPrivate(record: SigningKeyRecord, sealer: Sealer): Promise<CryptoKey> {
  const bytes = sealer.open(SEAL_PURPOSE, record.kid, record.sealedPrivate)
  const jwk = JSON.parse(Buffer.from(bytes).toString('utf8')) as JWK
  // Whoever can write the table must not get tokens signed that the published key does not verify, or the reverse.
  if (jwk.x !== record.publicJwk.x || jwk.y !== record.publicJwk.y) {
    throw new RangeError(`The published part of signing key ${record.kid} is not its own`)
  }
  const key = await importJWK(jwk, record.alg, { extractable: false })
  if (key instanceof Uint8Array) throw new RangeError(`Signing key ${record.kid} is not a key pair`)
  return key
}

function assertPurpose(record: SigningKeyRecord, purpose: SigningKeyRecord['purpose']): void {
  if (record.purpose !== purpose) {
    throw new RangeError(`Key ${record.kid} signs ${record.purpose}, not ${purpose}`)
  }
}
