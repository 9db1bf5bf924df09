import type { AuthRuntime } from '#lib/auth/runtime'
import { revokeAllSessions, revokeSession } from '#lib/auth/session'
import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'

export interface SignOutInput {
  personId: string
  /** One session of this person, every one of them, or every one but this. */
  sessionId: string | 'all' | { allBut: string }
}

/** Ends sessions; the next call with their cookie is refused. Ending one that has ended changes nothing. */
export function signOut(
  runtime: Pick<AuthRuntime, 'db' | 'now'>,
  { personId, sessionId }: SignOutInput,
): Promise<Result<{ endedCount: number }>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const isOne = typeof sessionId === 'string' && sessionId !== 'all'
    const keptId = typeof sessionId === 'object' ? sessionId.allBut : undefined
    const endedCount = isOne
      ? Number(await revokeSession(tx, { sessionId, personId }, now))
      : await revokeAllSessions(tx, { personId, keptId }, now)
    if (endedCount > 0) {
      const kept = keptId !== undefined && { kept: keptId }
      const body = { session: isOne ? sessionId : 'all', count: endedCount, ...kept }
      const actor = { kind: 'person', id: personId } as const
      const stream = `person:${personId}`
      await appendEvents(tx, [{ stream, type: 'session.ended', actor, body }], now)
    }
    return ok({ endedCount })
  })
}
