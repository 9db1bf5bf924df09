import type { Runtime } from '#lib/runtime'

/** Whether a session still stands. Unlike verifying it, looking does not count as using it. */
export async function isSessionLive(
  runtime: Pick<Runtime, 'db' | 'now'>,
  sessionId: string,
): Promise<boolean> {
  const live = await runtime.db.session.findFirst({
    where: {
      id: sessionId,
      revokedAt: null,
      expiresAt: { gt: new Date(runtime.now()) },
      person: { active: true },
    },
    select: { id: true },
  })
  return live !== null
}
