import { listFactors } from '#lib/auth/factors'
import type { Runtime } from '#lib/runtime'

/** Whether a person's passkey votes on a ticket, and if not, what it lacks. */
export type PasskeyStanding =
  | 'ready'
  /** Confirmed, but not before the ticket was opened. */
  | 'newer'
  | 'unconfirmed'
  | 'none'

/** For a page that nothing but a passkey votes on. The vote itself asks again. */
export async function passkeyStanding(
  { db }: Pick<Runtime, 'db'>,
  { personId, requestId }: { personId: string; requestId: string },
): Promise<PasskeyStanding> {
  const [factors, request] = await Promise.all([
    listFactors(db, personId),
    db.request.findUnique({ where: { id: requestId }, select: { openedAt: true } }),
  ])
  const passkeys = factors.filter(({ ref }) => ref.kind === 'passkey')
  if (passkeys.length === 0) return 'none'
  const confirmed = passkeys.flatMap(({ confirmedAt }) => confirmedAt ?? [])
  if (confirmed.length === 0) return 'unconfirmed'
  const openedAt = request?.openedAt?.getTime() ?? 0
  return confirmed.some((at) => at < openedAt) ? 'ready' : 'newer'
}
