import type { JSONWebKeySet } from 'jose'
import { formatVerifier } from '#lib/core/audit/note'
import type { Db } from '#lib/db/client'
import { logOrigin } from './key-ring'
import {
  checkpointVerifiers,
  jwksDocument,
  type PublicJwk,
  type PublishedKey,
  type SigningPurpose,
} from './signing-keys'

export interface EveryPublicKey {
  /** Name of the audit log. */
  origin: string
  /** Keys of checkpoints, in the text form of signed notes. */
  verifiers: string[]
  /** Keys of allow tokens. */
  jwks: JSONWebKeySet
}

/** As of the epoch no key is retired yet: old tokens and checkpoints stay to be verified. */
const BEFORE_ALL = 0

/** The public part of every key that this installation ever signed with. Reads no private part, so it needs no secret. */
export async function everyPublicKey(db: Db, domain: string): Promise<EveryPublicKey> {
  const rows = await db.signingKey.findMany({
    omit: { sealedPrivate: true },
    orderBy: [{ createdAt: 'asc' }, { kid: 'asc' }],
  })
  const keys = rows.map(
    (row): PublishedKey => ({
      kid: row.kid,
      purpose: row.purpose as SigningPurpose,
      alg: row.alg as PublishedKey['alg'],
      publicJwk: row.publicJwk as PublicJwk,
      createdAt: row.createdAt.getTime(),
      activeAt: row.activeAt.getTime(),
      retiredAt: row.retiredAt?.getTime() ?? null,
    }),
  )
  const origin = logOrigin(domain)
  return {
    origin,
    verifiers: checkpointVerifiers(keys, origin).map(formatVerifier),
    jwks: jwksDocument(keys, BEFORE_ALL),
  }
}
