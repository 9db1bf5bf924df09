import { activeAdmins, tellAccount } from '#lib/auth/account-news'
import type { AuthRuntime } from '#lib/auth/runtime'
import { revokeAllSessions } from '#lib/auth/session'
import { ok, type Result } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'

export interface DisownInput {
  personId: string
  /** The announcements that were on the page, by id. */
  ids: readonly string[]
}

export interface Disowned {
  sessionCount: number
  /** Who was told, by name. */
  adminNames: string[]
}

/**
 * A person says that a change to their account was not theirs: every session of theirs ends, this one too, and every other
 * admin is told. Factors stay until an admin resets them: whoever holds the session might be the stranger.
 */
export function disown(
  runtime: Pick<AuthRuntime, 'db' | 'now'>,
  { personId, ids }: DisownInput,
): Promise<Result<Disowned>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const told = await tx.announcement.findMany({
      where: { id: { in: [...ids] }, personId, audience: 'person' },
      select: { eventSeq: true },
      orderBy: { eventSeq: 'asc' },
    })
    const sessionCount = await revokeAllSessions(tx, { personId, keptId: undefined }, now)
    const event = {
      stream: `person:${personId}`,
      type: 'account.disowned',
      actor: { kind: 'person' as const, id: personId },
      body: { sessions: sessionCount, entries: told.map(({ eventSeq }) => Number(eventSeq)) },
    }
    await tellAccount(tx, [event], now)
    const admins = (await activeAdmins(tx)).filter(({ id }) => id !== personId)
    return ok({ sessionCount, adminNames: admins.map(({ name }) => name) })
  })
}
