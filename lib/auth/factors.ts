import type { Tx } from '#lib/db/client'
import type { FactorRef } from '#lib/wire/auth'

/** A factor on file: proved to work, not removed. Times are epoch ms. */
export interface Factor {
  ref: FactorRef
  personId: string
  name: string
  addedAt: number
  lastUsedAt: number | null
  /** null: waits for a second human, and proves nothing until then. */
  confirmedAt: number | null
  confirmedBy: string | null
  /** Passkeys: whether its maker copies it between devices; null where that is not known. */
  synced: boolean | null
  /** Passkeys: what the browser needs to find it. */
  credential: { id: string; transports: string[]; publicKey: Uint8Array } | null
}

/** Most passkeys a person may have. */
export const MOST_PASSKEYS = 20

/**
 * What adds and what takes away a person's factors goes one after the other: else a factor that vouched could be reset away
 * while what it vouched for is being saved.
 */
export async function lockFactors(tx: Tx, personId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM people WHERE id = ${personId} FOR NO KEY UPDATE`
}

/** Every factor of a person, oldest first. */
export async function listFactors(tx: Tx, personId: string): Promise<Factor[]> {
  const passkeys = await tx.passkey.findMany({
    where: { personId, revokedAt: null },
    orderBy: { createdAt: 'asc' },
    take: MOST_PASSKEYS,
  })
  const totp = await tx.totp.findFirst({ where: { personId, verifiedAt: { not: null } } })
  const factors: Factor[] = passkeys.map((row) => ({
    ref: { kind: 'passkey', id: row.id },
    personId,
    name: row.name,
    addedAt: row.createdAt.getTime(),
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
    confirmedAt: row.confirmedAt?.getTime() ?? null,
    confirmedBy: row.confirmedBy,
    synced: row.synced,
    credential: { id: row.credentialId, transports: row.transports, publicKey: row.publicKey },
  }))
  if (totp !== null) {
    factors.push({
      ref: { kind: 'totp', personId },
      personId,
      name: 'Authenticator app',
      addedAt: totp.createdAt.getTime(),
      lastUsedAt: totp.lastStep > 0n ? Number(totp.lastStep) * 30_000 : null,
      confirmedAt: totp.confirmedAt?.getTime() ?? null,
      confirmedBy: totp.confirmedBy,
      synced: null,
      credential: null,
    })
  }
  return factors
}

/** Those that prove something at all. */
export async function confirmedFactors(tx: Tx, personId: string): Promise<Factor[]> {
  return (await listFactors(tx, personId)).filter((factor) => factor.confirmedAt !== null)
}

/** Those that may vote on a ticket: confirmed before it was opened, so that nobody arms themselves for one. */
export async function usableFactors(
  tx: Tx,
  personId: string,
  ticketOpenedAt: number,
): Promise<Factor[]> {
  return (await listFactors(tx, personId)).filter(
    ({ confirmedAt }) => confirmedAt !== null && confirmedAt < ticketOpenedAt,
  )
}

export async function findFactor(tx: Tx, ref: FactorRef): Promise<Factor | undefined> {
  const personId = ref.kind === 'totp' ? ref.personId : await ownerOf(tx, ref.id)
  if (personId === null) return undefined
  return (await listFactors(tx, personId)).find((factor) => isSameFactor(factor.ref, ref))
}

/** The passkeys among them, as a browser is told which ones to look for. */
export function credentialsOf(factors: Factor[]): { id: string; transports: string[] }[] {
  return factors.flatMap(({ credential }) =>
    credential === null ? [] : [{ id: credential.id, transports: credential.transports }],
  )
}

export function isSameFactor(a: FactorRef, b: FactorRef): boolean {
  return factorKey(a) === factorKey(b)
}

/** One text for one factor. */
export function factorKey(ref: FactorRef): string {
  return ref.kind === 'passkey' ? ref.id : `totp:${ref.personId}`
}

async function ownerOf(tx: Tx, passkeyId: string): Promise<string | null> {
  const row = await tx.passkey.findUnique({ where: { id: passkeyId }, select: { personId: true } })
  return row?.personId ?? null
}
