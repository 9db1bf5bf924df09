import { z } from 'zod'
import { KEY_SCOPES } from '#lib/auth/api-key'
import { DAY_MS, HOUR_MS } from '#lib/core/durations'
import { isDangerous } from '#lib/core/policy/strictness'
import { ok, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { generateApiKey } from '#lib/keys/hash-secret'
import { deed, entryOf, type Place } from '../deed'
import { callerOf, isOwner } from './callers'

interface KeyArgs {
  caller: string
  kind: 'agent' | 'runtime'
  name: string
  hint: string
  secret_sha256: string
  days: number | null
  replaces: { key: string; hours: number } | null
}

const KIND_WORDS = { agent: 'An agent key', runtime: 'A runtime key' }

/**
 * The key is made when it is asked for and told there, once; what is approved is its hash. It works from when the change is
 * applied. A second admin approves keys of callers that may do what is dangerous, by the policy in force.
 */
export const addKey = deed<'callers.add_key', KeyArgs>({
  args: z.strictObject({
    caller: z.string(),
    kind: z.enum(['agent', 'runtime']),
    name: z.string(),
    hint: z.string(),
    secret_sha256: z.string(),
    days: z.number().nullable(),
    replaces: z.strictObject({ key: z.string(), hours: z.number() }).nullable(),
  }),
  isOwn: (place, about, personId) => isOwner(place, String(about['caller']), personId),
  prepare: async (place, { caller: id, keyKind, name, days, replaces }) => {
    const caller = await callerOf(place, id)
    if (!caller?.active) return refuse('not_found')
    if (replaces !== null && !(await liveKey(place, id, replaces.key))) return refuse('not_found')
    const { key, hash, hint } = generateApiKey(keyKind)
    const ending = days === null ? '' : ` for ${days} ${days === 1 ? 'day' : 'days'}`
    const instead = replaces === null ? '' : ', in place of an earlier one'
    return ok({
      args: { caller: id, kind: keyKind, name, hint, secret_sha256: hash, days, replaces },
      goal: `${KIND_WORDS[keyKind]} for ${caller.name}${ending}${instead}: ${name}`,
      isLoosening: await mayDoDanger(place, caller.environments),
      secret: key,
    })
  },
  apply: async (place, args, by) => {
    const { tx, now, newId } = place
    const caller = await callerOf(place, args.caller)
    const createdById = by.actor.id
    if (!caller?.active || createdById === undefined) return refuse('change_outdated')
    const { replaces } = args
    if (replaces !== null && !(await liveKey(place, caller.id, replaces.key))) {
      return refuse('change_outdated')
    }
    const id = newId('key')
    const scopes = KEY_SCOPES[args.kind]
    const expiresAt = args.days === null ? null : new Date(now + args.days * DAY_MS)
    await tx.apiKey.create({
      data: {
        id,
        callerId: caller.id,
        name: args.name,
        secretHash: args.secret_sha256,
        hint: args.hint,
        scopes,
        createdById,
        createdAt: new Date(now),
        expiresAt,
      },
    })
    if (replaces !== null) await endSooner(place, replaces)
    const body = { key: id, hint: args.hint, scopes, replaces: replaces?.key ?? null }
    await appendEvents(tx, [entryOf(by, `caller:${caller.id}`, 'api_key.created', body)], now)
    return ok()
  },
})

/** Its next call is refused. */
export const revokeKey = deed<'callers.revoke_key', { key: string }>({
  args: z.strictObject({ key: z.string() }),
  isOwn: async (place, about, personId) => {
    const id = String(about['key'])
    const row = await place.tx.apiKey.findUnique({ where: { id } })
    return row !== null && (await isOwner(place, row.callerId, personId))
  },
  prepare: async (place, { key: id }) => {
    const key = await place.tx.apiKey.findUnique({ where: { id } })
    if (key === null || (await callerOf(place, key.callerId)) === null) return refuse('not_found')
    if (key.revokedAt !== null) return refuse('change_outdated')
    return ok({ args: { key: id }, goal: `The key ${key.hint}… ends`, isLoosening: false })
  },
  apply: async ({ tx, now }, { key: id }, by) => {
    const key = await tx.apiKey.findUnique({ where: { id } })
    if (key === null || key.revokedAt !== null) return refuse('change_outdated')
    await tx.apiKey.update({ where: { id }, data: { revokedAt: new Date(now) } })
    const entry = entryOf(by, `caller:${key.callerId}`, 'api_key.revoked', { key: id })
    await appendEvents(tx, [entry], now)
    return ok()
  },
})

async function liveKey({ tx, now }: Place, callerId: string, id: string): Promise<boolean> {
  const key = await tx.apiKey.findFirst({
    where: {
      id,
      callerId,
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }],
    },
  })
  return key !== null
}

/** Both keys work for the overlap, and no longer than the old one had. */
async function endSooner(
  { tx, now }: Place,
  { key: id, hours }: { key: string; hours: number },
): Promise<void> {
  const end = new Date(now + hours * HOUR_MS)
  await tx.apiKey.updateMany({
    where: { id, OR: [{ expiresAt: null }, { expiresAt: { gt: end } }] },
    data: { expiresAt: end },
  })
}

/** Whether policy knows a dangerous tool that acts where the caller may. Without a policy to ask, it may. */
async function mayDoDanger(
  { tx, policies }: Place,
  environments: readonly string[],
): Promise<boolean> {
  const current = await tx.policyVersion.findFirst({
    where: { name: policies.name },
    orderBy: { ordinal: 'desc' },
    select: { version: true },
  })
  const policy = current && (await policies.get(current.version, tx))
  if (!policy) return true
  return policy.tools.some(
    ({ risk, environment }) =>
      isDangerous(risk) && (environment === null || environments.includes(environment)),
  )
}
