import { HOUR_MS } from '#lib/core/durations'
import { appendEvents, type EventDraft } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { wakeOpen } from '#lib/db/tighten'
import { maySitInGroups } from '#lib/wire/seats'

export interface MapGroupsInput {
  personId: string
  /** The groups that the issuer's claim maps to now. */
  groups: readonly string[]
  issuer: string
}

/** How long a membership of the issuer's lasts without another sign-in. */
export const MAPPED_MS = 12 * HOUR_MS
/** Two who decide here make an admin: see the check in the schema. */
const NEVER_MAPPED = 'admins'

/**
 * Makes a person's memberships of the source `oidc` what the issuer says at this sign-in: new ones begin, those that are there go
 * on for 12 hours from now, the others end at once. A membership that somebody here gave is left as it is, and whoever has no
 * role for it is put into no group. The caller holds the lock that tightening takes.
 * @returns groups that nobody made here: nothing comes of them
 */
export async function mapGroups(
  tx: Tx,
  { personId, groups, issuer }: MapGroupsInput,
  now: number,
): Promise<string[]> {
  const { roles } = await tx.person.findUniqueOrThrow({ where: { id: personId } })
  const wanted = maySitInGroups(roles) ? groups.filter((group) => group !== NEVER_MAPPED) : []
  const rows = await tx.groupMember.findMany({ where: { personId } })
  const isLive = (row: { expiresAt: Date | null }) =>
    row.expiresAt === null || row.expiresAt.getTime() > now
  const known = await tx.group.findMany({ where: { name: { in: wanted } }, select: { name: true } })
  const live = new Map(rows.filter(isLive).map((row) => [row.groupName, row.source]))
  const mapped = known.map(({ name }) => name).filter((name) => live.get(name) !== 'direct')
  const over = rows.filter(
    ({ source, groupName }) => source === 'oidc' && !mapped.includes(groupName),
  )
  await write(tx, { personId, mapped, over: over.map(({ groupName }) => groupName) }, now)

  const expiresAt = new Date(now + MAPPED_MS).toISOString()
  const told = (type: string, body: EventDraft['body']): EventDraft => ({
    stream: `person:${personId}`,
    type,
    actor: { kind: 'system' },
    body: { ...body, source: 'oidc', issuer },
  })
  const events = [
    ...mapped.map((group) =>
      told(live.has(group) ? 'group.renewed' : 'group.joined', { group, expires_at: expiresAt }),
    ),
    ...over.filter(isLive).map(({ groupName }) => told('group.left', { group: groupName })),
  ]
  // One that only goes on changes nothing that was decided by it.
  if (events.some(({ type }) => type !== 'group.renewed')) await wakeOpen(tx)
  if (events.length > 0) await appendEvents(tx, events, now)
  return wanted.filter((group) => !known.some(({ name }) => name === group))
}

async function write(
  tx: Tx,
  { personId, mapped, over }: { personId: string; mapped: string[]; over: string[] },
  now: number,
): Promise<void> {
  await tx.groupMember.deleteMany({ where: { personId, source: 'oidc', groupName: { in: over } } })
  const begun = { expiresAt: new Date(now + MAPPED_MS), addedBy: null, source: 'oidc' }
  for (const groupName of mapped) {
    await tx.groupMember.upsert({
      where: { groupName_personId: { groupName, personId } },
      create: { groupName, personId, ...begun, addedAt: new Date(now) },
      update: begun,
    })
  }
}
