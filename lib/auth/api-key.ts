import { ok, type Result, refuse } from '#lib/core/result'
import type { Db } from '#lib/db/client'
import { gatherReads } from '../gather'
import { secretHash } from './secret-hash'

/** What a key may do. No scope lets it vote or attach evidence as a human. */
export type Scope = 'submit' | 'collect' | 'redeem' | 'report'

/** What a key of each kind may do. */
export const KEY_SCOPES: Record<'agent' | 'runtime', Scope[]> = {
  agent: ['submit'],
  runtime: ['collect', 'redeem', 'report'],
}

/** The caller behind a bearer key, as registered now. */
export interface CallerCredential {
  keyId: string
  scopes: string[]
  /** The human who made or rotated the key: one of those behind its requests. */
  createdById: string
  caller: {
    id: string
    name: string
    kind: string
    ownerId: string
    roles: string[]
    environments: string[]
    audience: string
  }
}

interface Row extends Omit<CallerCredential, 'caller'> {
  secretHash: string
  caller: CallerCredential['caller'] & { active: boolean }
  expiresAt: Date | null
  revokedAt: Date | null
}

const BEARER = /^Bearer +(csk_[a-z]{1,16}_[0-9A-Za-z]{1,128})$/i

/**
 * Who calls, by the `Authorization` header (RFC 6750). Read from the database every time, so that revoking a key or
 * deactivating its caller bites on the next call. One answer for every reason: a wrong key learns nothing.
 * @returns refusal `unauthenticated`
 */
export async function authenticateCaller(
  db: Pick<Db, '$queryRaw'>,
  authorization: string | undefined | null,
  now: number,
  readKey: KeyReader = createKeyReader(db),
): Promise<Result<CallerCredential>> {
  const [, secret] = BEARER.exec(authorization ?? '') ?? []
  if (secret === undefined) return refuse('unauthenticated')
  const row = await readKey(secretHash(secret))
  if (row === undefined || row.revokedAt !== null || !row.caller.active) {
    return refuse('unauthenticated')
  }
  if (row.expiresAt !== null && row.expiresAt.getTime() <= now) return refuse('unauthenticated')
  const { keyId, scopes, createdById } = row
  const { active: _active, ...caller } = row.caller
  return ok({ keyId, scopes, createdById, caller })
}

/** @returns refusal `forbidden` that names the scope which is missing */
export function requireScope(
  credential: Pick<CallerCredential, 'scopes'>,
  ...anyOf: [Scope, ...Scope[]]
): Result<undefined> {
  if (anyOf.some((scope) => credential.scopes.includes(scope))) return ok()
  return refuse('forbidden', {
    detail: `This key lacks the scope ${anyOf.join(' or ')}.`,
    meta: { scope: anyOf },
  })
}

/** Finds a key by the hash of its secret. */
export type KeyReader = (hash: string) => Promise<Row | undefined>

/** Key and caller in one statement on the unique index of the hash; keys that are asked for together in one as well. */
export function createKeyReader(db: Pick<Db, '$queryRaw'>): KeyReader {
  return gatherReads(async (hashes: string[]) => {
    const rows = await db.$queryRaw<Row[]>`
      SELECT k.secret_hash AS "secretHash", k.id AS "keyId", k.scopes, k.created_by_id AS "createdById",
             k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt",
             jsonb_build_object('id', c.id, 'name', c.name, 'kind', c.kind, 'ownerId', c.owner_id, 'roles', c.roles,
               'environments', c.environments, 'audience', c.audience, 'active', c.active) AS caller
      FROM api_keys k JOIN callers c ON c.id = k.caller_id
      WHERE k.secret_hash = ANY(${hashes})`
    const byHash = new Map(rows.map((row) => [row.secretHash, row]))
    return hashes.map((hash) => byHash.get(hash))
  })
}
