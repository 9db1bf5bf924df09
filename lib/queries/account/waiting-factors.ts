import { confirmersOf } from '#lib/auth/confirmers'
import { factorKey } from '#lib/auth/factors'
import type { Runtime } from '#lib/runtime'
import type { FactorRef } from '#lib/wire/auth'
import type { WaitingFactorView } from '#lib/wire/views/account'

interface Pending {
  ref: FactorRef
  personId: string
  name: string
  addedAt: number
  person: { name: string; email: string }
}

/** Factors are confirmed within minutes; a longer list means that nobody looks. */
const MOST_SHOWN = 50

/** Factors of other people that this person may confirm, oldest first, by the rule that the confirmation itself asks. */
export async function waitingFactors(
  runtime: Pick<Runtime, 'db'>,
  viewerId: string,
): Promise<WaitingFactorView[]> {
  const shown: WaitingFactorView[] = []
  for (const factor of await pendingFactors(runtime, viewerId)) {
    const { personIds, control } = await confirmersOf(runtime.db, factor)
    if (!personIds.includes(viewerId)) continue
    shown.push({
      key: factorKey(factor.ref),
      ref: factor.ref,
      name: factor.name,
      addedAt: new Date(factor.addedAt).toISOString(),
      person: factor.person,
      isSecondHuman: control === 'second_human',
    })
  }
  return shown
}

async function pendingFactors({ db }: Pick<Runtime, 'db'>, viewerId: string): Promise<Pending[]> {
  const ofOthers = { personId: { not: viewerId }, person: { active: true }, confirmedAt: null }
  const oldestFirst = { orderBy: { createdAt: 'asc' }, take: MOST_SHOWN } as const
  const person = { select: { name: true, email: true } } as const
  const [passkeys, apps] = await Promise.all([
    db.passkey.findMany({
      where: { ...ofOthers, revokedAt: null },
      select: { id: true, personId: true, name: true, createdAt: true, person },
      ...oldestFirst,
    }),
    db.totp.findMany({
      where: { ...ofOthers, verifiedAt: { not: null } },
      select: { personId: true, createdAt: true, person },
      ...oldestFirst,
    }),
  ])
  const pending: Pending[] = [
    ...passkeys.map(({ id, createdAt, ...row }) => ({
      ...row,
      ref: { kind: 'passkey', id } as const,
      addedAt: createdAt.getTime(),
    })),
    ...apps.map(({ personId, createdAt, ...row }) => ({
      ...row,
      personId,
      name: 'Authenticator app',
      ref: { kind: 'totp', personId } as const,
      addedAt: createdAt.getTime(),
    })),
  ]
  return pending.sort((a, b) => a.addedAt - b.addedAt)
}
