import { z } from 'zod'
import { ok, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { readKeys } from '#lib/keys/read-keys'
import {
  currentSigningKey,
  rotateSigningKey,
  type SigningKeyRecord,
  type SigningPurpose,
} from '#lib/keys/signing-keys'
import { deed, entryOf, type Place } from '../deed'

const KEY_WORDS: Record<SigningPurpose, string> = {
  allow_token: 'allow tokens',
  checkpoint: 'checkpoints of the audit log',
}

/**
 * Makes the key that follows the one in use. The new one is published at once and signs some minutes later; the old one stays
 * published until whatever it signed has ended. What every runtime trusts changes: another admin approves it.
 */
export const rotateKeys = deed<'keys.rotate', { purpose: SigningPurpose; replaces: string }>({
  args: z.strictObject({ purpose: z.enum(['allow_token', 'checkpoint']), replaces: z.string() }),
  prepare: async (place, { purpose }) => {
    const current = await replaceable(place, purpose)
    if (current === null) {
      const detail = 'A new key has been made already and is about to sign.'
      return refuse('change_outdated', { detail })
    }
    return ok({
      args: { purpose, replaces: current.kid },
      goal: `A new key signs ${KEY_WORDS[purpose]}; the present one follows it out`,
      isLoosening: true,
    })
  },
  apply: async (place, { purpose, replaces }, by) => {
    const { tx, now, sealer } = place
    const current = await replaceable(place, purpose)
    if (current?.kid !== replaces) return refuse('change_outdated')
    const next = { purpose, alg: current.alg, sealer }
    const { created, retired } = await rotateSigningKey(await readKeys(tx), next, now)
    const { kid, alg, publicJwk, sealedPrivate } = created
    const activeAt = new Date(created.activeAt)
    await tx.signingKey.create({
      data: { kid, purpose, alg, publicJwk, sealedPrivate, createdAt: new Date(now), activeAt },
    })
    for (const { kid: old, retiredAt } of retired) {
      if (retiredAt === null) continue
      await tx.signingKey.update({ where: { kid: old }, data: { retiredAt: new Date(retiredAt) } })
    }
    const body = { kid, purpose, alg, public_jwk: publicJwk, active_at: activeAt.toISOString() }
    const told = { ...body, replaces: retired.map((key) => key.kid) }
    await appendEvents(tx, [entryOf(by, 'installation', 'signing_key.created', told)], now)
    return ok()
  },
})

/** The key in use, unless another is on its way already. */
async function replaceable(
  { tx, now }: Place,
  purpose: SigningPurpose,
): Promise<SigningKeyRecord | null> {
  const records = await readKeys(tx)
  const isUnderWay = records.some((one) => one.purpose === purpose && one.activeAt > now)
  return isUnderWay ? null : (currentSigningKey(records, purpose, now) ?? null)
}

/** For how long evidence stays readable. Shorter erases what cannot be had back, so another admin approves that; longer is done at once. */
export const setRetention = deed<
  'settings.retention',
  { days: number | null; replaces: number | null }
>({
  args: z.strictObject({ days: z.number().nullable(), replaces: z.number().nullable() }),
  prepare: async ({ tx }, { days }) => {
    const before = await retentionOf(tx)
    if (days === before) {
      return refuse('change_outdated', { detail: 'That is how long it is kept already.' })
    }
    const isShorter = days !== null && (before === null || days < before)
    return ok({
      args: { days, replaces: before },
      goal: `Evidence is kept ${daysWords(days)} after its request ended, in place of ${daysWords(before)}${isShorter ? ': what is older is erased' : ''}`,
      isLoosening: isShorter,
    })
  },
  apply: async ({ tx, now }, { days, replaces }, by) => {
    if ((await retentionOf(tx)) !== replaces) return refuse('change_outdated')
    await tx.installation.update({ where: { id: 1 }, data: { evidenceDays: days } })
    const body = { evidence_days: days, replaces }
    await appendEvents(tx, [entryOf(by, 'installation', 'retention.changed', body)], now)
    return ok()
  },
})

async function retentionOf(tx: Place['tx']): Promise<number | null> {
  const { evidenceDays } = await tx.installation.findUniqueOrThrow({
    where: { id: 1 },
    select: { evidenceDays: true },
  })
  return evidenceDays
}

function daysWords(days: number | null): string {
  return days === null ? 'for ever' : `for ${days} days`
}
