import type { Config } from '#lib/config'
import { appendEvents } from '#lib/db/append-events'
import type { Db, Tx } from '#lib/db/client'
import { lockTighten, wakeOpen } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import type { Sealer } from '#lib/keys/seal'
import { generateSigningKey, type SigningPurpose } from '#lib/keys/signing-keys'
import { compilePolicy } from '#lib/policies/compile-policy'
import { INSTALLATION_PACK } from '#lib/policies/packs/installation'
import { INSTALLATION_POLICY } from '#lib/policies/policy-book'

const BOOTSTRAP_LOCK = 4_271_003

/** The database belongs to another address: links, tokens and passkeys made under it would all be wrong. */
export class DomainMismatch extends Error {
  override readonly name = 'DomainMismatch'
}

/**
 * Makes a migrated database ready: the installation's row and the first signing keys. Does nothing where they exist, and
 * one process at a time does it.
 * @throws DomainMismatch when PUBLIC_URL is not what the installation was made under
 */
export async function bootstrap(
  db: Db,
  config: Pick<Config, 'organisation' | 'publicUrl' | 'tokenAlg'>,
  sealer: Sealer,
  now: number,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(${BOOTSTRAP_LOCK})::text`)
    const existing = await tx.installation.findUnique({ where: { id: 1 } })
    if (existing && existing.domain !== config.publicUrl) {
      throw new DomainMismatch(
        `This database was set up for ${existing.domain}, and PUBLIC_URL says ${config.publicUrl}. ` +
          'Set PUBLIC_URL to the address it was set up for, or use a new database.',
      )
    }
    if (!existing) await install(tx, config, now)
    await ensureInstallationPolicy(tx, now)
    await ensureKey(tx, 'allow_token', config.tokenAlg, sealer, now)
    await ensureKey(tx, 'checkpoint', 'EdDSA', sealer, now)
  })
}

async function install(
  tx: Tx,
  config: Pick<Config, 'organisation' | 'publicUrl'>,
  now: number,
): Promise<void> {
  await tx.installation.create({
    data: { id: 1, name: config.organisation, domain: config.publicUrl },
  })
  await appendEvents(
    tx,
    [
      {
        stream: 'installation',
        type: 'installation.created',
        actor: { kind: 'system' },
        body: { domain: config.publicUrl, name: config.organisation, generation: 1 },
      },
    ],
    now,
  )
}

/** The document that comes with this version of the product is the current one of its name. */
async function ensureInstallationPolicy(tx: Tx, now: number): Promise<void> {
  const name = INSTALLATION_POLICY
  const last = await tx.policyVersion.findFirst({ where: { name }, orderBy: { ordinal: 'desc' } })
  const compiled = compilePolicy(INSTALLATION_PACK, { name, ordinal: (last?.ordinal ?? 0) + 1 })
  if (!compiled.ok) throw new Error('The policy of the installation itself does not compile')
  const { version, digest } = compiled.value
  if (last?.digest === digest) return
  await lockTighten(tx)
  const ordinal = (last?.ordinal ?? 0) + 1
  await wakeOpen(tx)
  await tx.policyVersion.create({
    data: { version, name, ordinal, digest, source: INSTALLATION_PACK },
  })
  const body = { version, digest, replaces: last?.version ?? null }
  const actor = { kind: 'system' } as const
  await appendEvents(tx, [{ stream: `policy:${name}`, type: 'policy.published', actor, body }], now)
}

async function ensureKey(
  tx: Tx,
  purpose: SigningPurpose,
  alg: Config['tokenAlg'],
  sealer: Sealer,
  now: number,
): Promise<void> {
  if (await tx.signingKey.findFirst({ where: { purpose }, select: { kid: true } })) return
  const key = await generateSigningKey(purpose, alg, sealer, now)
  await tx.signingKey.create({
    data: {
      kid: key.kid,
      purpose,
      alg,
      publicJwk: key.publicJwk,
      sealedPrivate: key.sealedPrivate,
      createdAt: new Date(key.createdAt),
      activeAt: new Date(key.activeAt),
    },
  })
  await appendEvents(
    tx,
    [
      {
        stream: 'installation',
        type: 'signing_key.created',
        actor: { kind: 'system' },
        body: { kid: key.kid, purpose, alg, public_jwk: key.publicJwk },
      },
    ],
    now,
  )
}
