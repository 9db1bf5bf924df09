import type { AuthRuntime } from '#lib/auth/runtime'
import { ok, type Result } from '#lib/core/result'

/** A person knows about what they were told. Of others' announcements nothing changes, and of those seen before. */
export async function acknowledge(
  { db, now }: Pick<AuthRuntime, 'db' | 'now'>,
  { personId, ids }: { personId: string; ids: readonly string[] },
): Promise<Result<{ count: number }>> {
  const { count } = await db.announcement.updateMany({
    where: { id: { in: [...ids] }, personId, audience: 'person', seenAt: null },
    data: { seenAt: new Date(now()) },
  })
  return ok({ count })
}
