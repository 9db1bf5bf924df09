import { z } from 'zod'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { wakeOpen } from '#lib/db/tighten'
import { deed, entryOf, type Place } from '../deed'
import { personOf } from '../people'

const facts = z.strictObject({
  name: z.string(),
  owner: z.string(),
  roles: z.array(z.string()),
  environments: z.array(z.string()),
  audience: z.string(),
})
type Facts = z.output<typeof facts>

/** A caller without a key can ask for nothing. */
export const createCaller = deed<'callers.create', Facts & { kind: string }>({
  args: facts.extend({ kind: z.string() }),
  prepare: async (place, { kind: _change, callerKind, ...wanted }) => {
    const fault = await faultOf(place, wanted, null)
    return (
      fault ??
      ok({
        args: { kind: callerKind, ...wanted },
        goal: `A new caller, ${wanted.name}`,
        isLoosening: false,
      })
    )
  },
  apply: async (place, { kind, owner: ownerId, ...wanted }, by) => {
    const { tx, now, newId } = place
    const fault = await faultOf(place, { ...wanted, owner: ownerId }, null)
    if (fault) return fault
    const id = newId('clr')
    await tx.caller.create({ data: { id, kind, ownerId, ...wanted } })
    const body = { ...wanted, kind, owner: ownerId }
    await appendEvents(tx, [entryOf(by, `caller:${id}`, 'caller.created', body)], now)
    return ok()
  },
})

/**
 * What is registered about a caller is what policy judges it by, and its owner is who may never vote on its requests. Another
 * owner or runtime, and whatever is added, loosens.
 */
export const changeCaller = deed<'callers.change', { caller: string; before: Facts; after: Facts }>(
  {
    args: z.strictObject({ caller: z.string(), before: facts, after: facts }),
    prepare: async (place, { kind: _change, caller: id, ...after }) => {
      const caller = await callerOf(place, id)
      if (caller === null) return refuse('not_found')
      const before = factsOf(caller)
      const fault = await faultOf(place, after, before)
      if (fault) return fault
      const changed = namesOfChanged(before, after)
      if (changed.length === 0) {
        return refuse('change_outdated', { detail: `${caller.name} is registered exactly so.` })
      }
      return ok({
        args: { caller: id, before, after },
        goal: `${caller.name}: ${changed.join(', ')} ${changed.length === 1 ? 'changes' : 'change'}`,
        isLoosening: isWider(before, after),
      })
    },
    apply: async (place, { caller: id, before, after }, by) => {
      const { tx, now } = place
      const caller = await callerOf(place, id)
      const isAsBefore = caller !== null && same(factsOf(caller), before)
      if (!isAsBefore || (await faultOf(place, after, before))) return refuse('change_outdated')
      const { owner: ownerId, ...rest } = after
      await tx.caller.update({ where: { id }, data: { ...rest, ownerId } })
      await wakeOpen(tx)
      const body = { before, after }
      await appendEvents(tx, [entryOf(by, `caller:${id}`, 'caller.changed', body)], now)
      return ok()
    },
  },
)

/** Nothing it asked for runs, and its keys are refused. */
export const pauseCaller = deed<'callers.pause', { caller: string }>({
  args: z.strictObject({ caller: z.string() }),
  isOwn: (place, about, personId) => isOwner(place, String(about['caller']), personId),
  prepare: (place, { caller }) => prepareActive(place, caller, false),
  apply: (place, { caller: id }, by) => setActive(place, id, false, by),
})

export const resumeCaller = deed<'callers.resume', { caller: string }>({
  args: z.strictObject({ caller: z.string() }),
  isOwn: (place, about, personId) => isOwner(place, String(about['caller']), personId),
  prepare: (place, { caller }) => prepareActive(place, caller, true),
  apply: (place, { caller: id }, by) => setActive(place, id, true, by),
})

async function prepareActive(place: Place, id: string, active: boolean) {
  const caller = await callerOf(place, id)
  if (caller === null) return refuse('not_found')
  if (caller.active === active) return refuse('change_outdated')
  const goal = active
    ? `${caller.name} may ask again, with the keys it has`
    : `${caller.name} is paused: its keys are refused and nothing it asked for runs`
  return ok({ args: { caller: id }, goal, isLoosening: active })
}

async function setActive(
  place: Place,
  id: string,
  active: boolean,
  by: Parameters<typeof entryOf>[0],
): Promise<Result<undefined>> {
  const { tx, now } = place
  const caller = await callerOf(place, id)
  if (caller === null || caller.active === active) return refuse('change_outdated')
  await tx.caller.update({ where: { id }, data: { active } })
  await wakeOpen(tx)
  const type = active ? 'caller.resumed' : 'caller.paused'
  await appendEvents(tx, [entryOf(by, `caller:${id}`, type, {})], now)
  return ok()
}

/** The console's own callers are nobody's to change. */
export function callerOf({ tx }: Place, id: string) {
  return tx.caller.findFirst({ where: { id, kind: { not: 'console' } } })
}

export async function isOwner(place: Place, callerId: string, personId: string): Promise<boolean> {
  return (await callerOf(place, callerId))?.ownerId === personId
}

type CallerRecord = NonNullable<Awaited<ReturnType<typeof callerOf>>>

function factsOf({ name, ownerId, roles, environments, audience }: CallerRecord): Facts {
  return {
    name,
    owner: ownerId,
    roles: sorted(roles),
    environments: sorted(environments),
    audience,
  }
}

async function faultOf(
  { tx }: Place,
  { name, owner }: Facts,
  before: Facts | null,
): Promise<Result<never> | null> {
  const person = await personOf(tx, owner)
  if (!person?.active && owner !== before?.owner)
    return invalid('/owner', 'Choose somebody who is here.')
  if (name === before?.name) return null
  const taken = await tx.caller.findUnique({ where: { name }, select: { id: true } })
  return taken === null ? null : invalid('/name', 'A caller of this name is registered already.')
}

function invalid(path: string, message: string): Result<never> {
  return refuse('invalid_body', { detail: message, fields: [{ path, message, code: 'invalid' }] })
}

const WORDS = {
  name: 'its name',
  owner: 'who owns it',
  roles: 'its roles',
  environments: 'its environments',
  audience: 'its runtime',
} as const satisfies Record<keyof Facts, string>
const MEMBERS = ['name', 'owner', 'roles', 'environments', 'audience'] as const

function namesOfChanged(before: Facts, after: Facts): string[] {
  return MEMBERS.filter((member) => String(before[member]) !== String(after[member])).map(
    (member) => WORDS[member],
  )
}

function same(a: Facts, b: Facts): boolean {
  return namesOfChanged(a, b).length === 0
}

function isWider(before: Facts, after: Facts): boolean {
  const gains = (member: 'roles' | 'environments') =>
    after[member].some((one) => !before[member].includes(one))
  const isOther = after.owner !== before.owner || after.audience !== before.audience
  // Policy may name a caller.
  return isOther || after.name !== before.name || gains('roles') || gains('environments')
}

function sorted(list: readonly string[]): string[] {
  return [...list].sort()
}
