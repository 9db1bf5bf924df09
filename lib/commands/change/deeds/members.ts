import { z } from 'zod'
import { tellAccount } from '#lib/auth/account-news'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { wakeOpen } from '#lib/db/tighten'
import { maySitInGroups } from '#lib/wire/seats'
import { deed, entryOf, type Place } from '../deed'
import { personOf } from '../people'

/** Everybody with the role is in it, and nobody else: see the migration that keeps it so. */
export const BY_ROLE = 'admins'

/** An empty group gives nobody anything. */
export const createGroup = deed<'groups.create', { group: string; label: string }>({
  args: z.strictObject({ group: z.string(), label: z.string() }),
  prepare: async ({ tx }, { group, label }) => {
    const known = await tx.group.findFirst({ where: { OR: [{ name: group }, { label }] } })
    if (known !== null) {
      const path = known.name === group ? '/group' : '/label'
      const message = 'There is a group of this name.'
      return refuse('invalid_body', { fields: [{ path, message, code: 'taken' }] })
    }
    return ok({ args: { group, label }, goal: `A new group, ${label}`, isLoosening: false })
  },
  apply: async ({ tx, now }, { group, label }, by) => {
    await tx.group.create({ data: { name: group, label } })
    await appendEvents(tx, [entryOf(by, 'installation', 'group.created', { group, label })], now)
    return ok()
  },
})

/** Puts somebody into a group, or changes when that ends. An end that comes sooner is no loosening. */
export const setMember = deed<
  'groups.set_member',
  { group: string; label: string; person: string; until: string | null; before: string | null }
>({
  args: z.strictObject({
    group: z.string(),
    label: z.string(),
    person: z.string(),
    until: z.string().nullable(),
    before: z.string().nullable(),
  }),
  prepare: async (place, { group, person: id, until }) => {
    const { tx, now } = place
    if (group === BY_ROLE) return keptByRole()
    const person = await personOf(tx, id)
    const known = await tx.group.findUnique({ where: { name: group } })
    if (person === null || known === null) return refuse('not_found')
    if (!person.active) return refuse('change_outdated', { detail: `${person.name} has left.` })
    if (!maySitInGroups(person.roles)) return noRole(person.name)
    const end = until === null ? null : new Date(until).toISOString()
    if (end !== null && Date.parse(end) <= now) {
      const message = 'This time has passed.'
      return refuse('invalid_body', { fields: [{ path: '/until', message, code: 'past' }] })
    }
    const before = await endOfLive(place, group, id)
    if (before === (end ?? NEVER)) {
      return refuse('change_outdated', { detail: `${person.name} is in ${known.label} already.` })
    }
    return ok({
      args: { group, label: known.label, person: id, until: end, before },
      goal: `${person.name} (${person.email}) ${wordsOf(known.label, end, before !== null)}`,
      isLoosening: before === null || isLater(end, before),
    })
  },
  apply: async ({ tx, now }, { group, person: id, until }, by) => {
    const person = await personOf(tx, id)
    const known = await tx.group.findUnique({ where: { name: group } })
    if (!person?.active || known === null || group === BY_ROLE) return refuse('change_outdated')
    if (!maySitInGroups(person.roles)) return refuse('change_outdated')
    const expiresAt = until === null ? null : new Date(until)
    if (expiresAt !== null && expiresAt.getTime() <= now) return refuse('change_outdated')
    const addedBy = by.actor.id ?? null
    await tx.groupMember.upsert({
      where: { groupName_personId: { groupName: group, personId: id } },
      create: { groupName: group, personId: id, expiresAt, addedBy },
      update: { expiresAt, addedBy, addedAt: new Date(now), source: 'direct' },
    })
    await wakeOpen(tx)
    const body = { group, expires_at: until }
    await tellAccount(tx, [entryOf(by, `person:${id}`, 'group.joined', body)], now)
    return ok()
  },
})

/** Takes somebody out of a group: at once, and for what is under way. */
export const removeMember = deed<'groups.remove_member', { group: string; person: string }>({
  args: z.strictObject({ group: z.string(), person: z.string() }),
  prepare: async ({ tx }, { group, person: id }) => {
    if (group === BY_ROLE) return keptByRole()
    const person = await personOf(tx, id)
    const known = await tx.group.findUnique({ where: { name: group } })
    if (person === null || known === null) return refuse('not_found')
    return ok({
      args: { group, person: id },
      goal: `${person.name} leaves ${known.label}`,
      isLoosening: false,
    })
  },
  apply: async (place, { group, person: id }, by) => {
    const { tx, now } = place
    if (!(await leave(place, group, id))) return refuse('change_outdated')
    await wakeOpen(tx)
    await tellAccount(tx, [entryOf(by, `person:${id}`, 'group.left', { group })], now)
    return ok()
  },
})

async function leave({ tx }: Place, groupName: string, personId: string): Promise<boolean> {
  const { count } = await tx.groupMember.deleteMany({ where: { groupName, personId } })
  return count === 1
}

const NEVER = 'never'

/** When a membership that counts now ends; null: there is none. */
async function endOfLive({ tx, now }: Place, groupName: string, personId: string) {
  const member = await tx.groupMember.findUnique({
    where: { groupName_personId: { groupName, personId } },
  })
  if (member === null) return null
  const { expiresAt } = member
  if (expiresAt === null) return NEVER
  return expiresAt.getTime() > now ? expiresAt.toISOString() : null
}

function isLater(end: string | null, before: string): boolean {
  return before !== NEVER && (end === null || end > before)
}

function wordsOf(label: string, end: string | null, isMember: boolean): string {
  const until = end === null ? '' : ` until ${end.slice(0, 16).replace('T', ' ')} UTC`
  return isMember ? `stays in ${label}${until || ' for good'}` : `joins ${label}${until}`
}

function noRole(name: string): Result<never> {
  const message = `${name} is no approver, release manager or admin. Give the role first.`
  return refuse('invalid_body', {
    detail: message,
    fields: [{ path: '/person', message, code: 'no_role' }],
  })
}

function keptByRole(): Result<never> {
  const detail = 'Whoever has the role of admin is in this group. Change the role instead.'
  return refuse('invalid_body', { detail })
}
