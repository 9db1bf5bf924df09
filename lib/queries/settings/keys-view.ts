import {
  currentSigningKey,
  PUBLISHED_AFTER_MS,
  type SigningKeyRecord,
  type SigningPurpose,
} from '#lib/keys/signing-keys'
import type { KeyStanding, SigningKeysView } from '#lib/wire/views/settings'

const PURPOSES: readonly SigningPurpose[] = ['allow_token', 'checkpoint']

/** The signing keys by what they sign, newest first. No private part is told. */
export function keysView(records: readonly SigningKeyRecord[], now: number): SigningKeysView[] {
  return PURPOSES.map((purpose) => {
    const own = records.filter((one) => one.purpose === purpose)
    const current = currentSigningKey(records, purpose, now)
    const keys = own
      .toSorted((a, b) => b.activeAt - a.activeAt)
      .map((record) => ({
        kid: record.kid,
        alg: record.alg,
        standing: standingOf(record, current?.kid === record.kid, now),
        activeAt: new Date(record.activeAt).toISOString(),
        retiredAt: record.retiredAt === null ? null : new Date(record.retiredAt).toISOString(),
        publishedUntil: publishedUntil(record),
      }))
    return { purpose, keys, isUnderWay: own.some(({ activeAt }) => activeAt > now) }
  })
}

function standingOf(record: SigningKeyRecord, isCurrent: boolean, now: number): KeyStanding {
  if (record.activeAt > now) return 'next'
  if (isCurrent) return 'in_use'
  // Keys of checkpoints are told for ever: old checkpoints stay to be verified.
  const isPublished =
    record.purpose === 'checkpoint' || (record.retiredAt ?? now) + PUBLISHED_AFTER_MS > now
  return isPublished ? 'published' : 'retired'
}

function publishedUntil({ purpose, retiredAt }: SigningKeyRecord): string | null {
  if (purpose === 'checkpoint' || retiredAt === null) return null
  return new Date(retiredAt + PUBLISHED_AFTER_MS).toISOString()
}
