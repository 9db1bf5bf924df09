import type { AuthRuntime } from '#lib/auth/runtime'
import { ok, type Result, refuse } from '#lib/core/result'

/**
 * A person knows about what they were told. Of others' announcements nothing changes, and of those seen before. Whoever came
 * by a recovery code knows nothing in the person's name: else a stranger with the paper would hide that they came.
 * @returns refusal `forbidden`
 */
export async function acknowledge(
  { db, now }: Pick<AuthRuntime, 'db' | 'now'>,
  {
    personId,
    ids,
    isRecovery = false,
  }: { personId: string; ids: readonly string[]; isRecovery?: boolean },
): Promise<Result<{ count: number }>> {
  if (isRecovery) return refuse('forbidden', { detail: STAYS })
  const { count } = await db.announcement.updateMany({
    where: { id: { in: [...ids] }, personId, audience: 'person', seenAt: null },
    data: { seenAt: new Date(now()) },
  })
  return ok({ count })
}

const STAYS = 'This stands here until you signed in with a factor: a recovery code only signs in.'
