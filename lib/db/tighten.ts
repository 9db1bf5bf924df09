import type { Tx } from './client'
import { TIGHTEN_LOCK } from './load-held'

/** Taken by everything that tightens: it waits for releases and redemptions under way, and they wait for it. */
export async function lockTighten(tx: Tx): Promise<void> {
  await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(${TIGHTEN_LOCK})::text`)
}

/** Taken by everything that releases, for as long as its transaction lasts. */
export async function joinGate(tx: Tx): Promise<void> {
  await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock_shared(${TIGHTEN_LOCK})::text`)
}

export async function currentPolicyVersion(tx: Tx, name: string): Promise<string | null> {
  const rows = await tx.$queryRawUnsafe<{ version: string }[]>(
    'SELECT version FROM policy_versions WHERE name = $1 ORDER BY ordinal DESC LIMIT 1',
    name,
  )
  return rows[0]?.version ?? null
}

/** Policy or directory changed: every held request is looked at again, and its checklist with it. */
export async function wakeOpen(tx: Tx): Promise<void> {
  await tx.$executeRawUnsafe(
    "UPDATE requests SET next_check_at = clock_timestamp() WHERE state = 'open'",
  )
}
