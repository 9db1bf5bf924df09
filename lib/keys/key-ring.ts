import type { JSONWebKeySet } from 'jose'
import type { NoteSigner } from '#lib/core/audit/note'
import { SECOND_MS } from '#lib/core/durations'
import type { TokenSigner } from '#lib/core/token/mint-token'
import type { Db } from '#lib/db/client'
import { createSignerOpener } from './open-signer'
import type { Sealer } from './seal'
import {
  currentSigningKey,
  jwksDocument,
  type PublicJwk,
  type SigningKeyRecord,
  type SigningPurpose,
} from './signing-keys'

/** The installation's signing keys, read from the database and kept for a few seconds. */
export interface KeyRing {
  /** @throws when no allow token key is active: nothing is signed then */
  tokenSigner(): Promise<TokenSigner>
  /** @throws when no checkpoint key is active */
  logSigner(): Promise<NoteSigner>
  jwks(): Promise<JSONWebKeySet>
}

/** A rotation leads by minutes, so a few seconds of age never matter; a removed key is forgotten this soon. */
const KEEP_MS = 10 * SECOND_MS

export function openKeyRing(
  db: Db,
  options: { sealer: Sealer; domain: string; now: () => number },
): KeyRing {
  const opener = createSignerOpener(options.sealer)
  let kept: { readAt: number; jwks: JSONWebKeySet; records: SigningKeyRecord[] } | null = null
  const read = async () => {
    const now = options.now()
    if (!kept || now - kept.readAt > KEEP_MS) {
      const records = (await db.signingKey.findMany()).map(recordOf)
      kept = { readAt: now, records, jwks: jwksDocument(records, now) }
    }
    return kept
  }
  const current = async (purpose: SigningPurpose) => {
    const { records } = await read()
    const record = currentSigningKey(records, purpose, options.now())
    if (!record) throw new Error(`No ${purpose} key is active`)
    return record
  }
  return {
    tokenSigner: async () => opener.tokenSigner(await current('allow_token')),
    logSigner: async () =>
      opener.checkpointSigner(await current('checkpoint'), logOrigin(options.domain)),
    jwks: async () => (await read()).jwks,
  }
}

/** Name of the audit log: the issuer without its scheme (c2sp.org/tlog-checkpoint). */
export function logOrigin(domain: string): string {
  return `${domain.replace(/^https?:\/\//, '')}/audit`
}

type StoredKey = Awaited<ReturnType<Db['signingKey']['findMany']>>[number]

export function recordOf(row: StoredKey): SigningKeyRecord {
  return {
    kid: row.kid,
    purpose: row.purpose as SigningPurpose,
    alg: row.alg as SigningKeyRecord['alg'],
    publicJwk: row.publicJwk as PublicJwk,
    sealedPrivate: row.sealedPrivate,
    createdAt: row.createdAt.getTime(),
    activeAt: row.activeAt.getTime(),
    retiredAt: row.retiredAt?.getTime() ?? null,
  }
}
