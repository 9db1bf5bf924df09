import { KEY_SCOPES } from '#lib/auth/api-key'
import { listFactors } from '#lib/auth/factors'
import type { SignedIn } from '#lib/auth/session'
import { MINUTE_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'
import type { CallerPageView, KeyKindView, KeyView } from '#lib/wire/views/callers'
import { waysOf } from '../account/account-view'
import { kindOf, possibleOwners } from './callers-view'

/** Keys that have ended stay readable, the newest of them. */
const MOST_ENDED = 10
const MOST_LIVE = 100

const NOW = `
SELECT (SELECT count(*)::int FROM (SELECT 1 FROM requests WHERE caller_id = $1 AND state = 'open' LIMIT $2::int + 1) o) AS open,
  (SELECT count(*)::int FROM (SELECT 1 FROM requests WHERE caller_id = $1 AND submitted_at > $4 LIMIT $3::int + 1) m) AS minute`

/** One caller; null where there is none that the viewer may know of: they own it, or are an admin. */
export async function callerView(
  runtime: Pick<Runtime, 'config' | 'db' | 'now'>,
  viewer: Pick<SignedIn, 'personId' | 'roles' | 'method'>,
  callerId: string,
): Promise<CallerPageView | null> {
  const { db, config } = runtime
  const isAdmin = viewer.roles.includes('admin')
  const caller = await db.caller.findFirst({
    where: {
      id: callerId,
      kind: { not: 'console' },
      ...(!isAdmin && { ownerId: viewer.personId }),
    },
    include: { owner: { select: { name: true, active: true } } },
  })
  if (!caller) return null
  const [factors, owners, keys, counts, endpointCount] = await Promise.all([
    viewer.method === 'recovery' ? [] : listFactors(db, viewer.personId),
    isAdmin ? possibleOwners(db) : null,
    readKeys(runtime, callerId),
    countsNow(runtime, callerId),
    db.webhookEndpoint.count({ where: { callerId, state: { not: 'removed' } } }),
  ])
  const { owner, name, environments, roles, audience, active, ownerId } = caller
  return {
    id: caller.id,
    name,
    kind: kindOf(caller.kind),
    isActive: active,
    ownerId,
    ownerName: owner.name,
    hasOwnerLeft: !owner.active,
    environments,
    roles,
    audience,
    createdAt: caller.createdAt.toISOString(),
    isAdmin,
    ways: waysOf(factors),
    owners,
    ...keys,
    limits: {
      ...counts,
      mostOpen: config.callerLimits.open,
      mostAMinute: config.callerLimits.perMinute,
    },
    endpointCount,
    publicUrl: config.publicUrl,
  }
}

async function countsNow({ db, config, now }: Pick<Runtime, 'config' | 'db' | 'now'>, id: string) {
  const { open, perMinute } = config.callerLimits
  const since = new Date(now() - MINUTE_MS)
  const rows = await db.$queryRawUnsafe<{ open: number; minute: number }[]>(
    NOW,
    id,
    open,
    perMinute,
    since,
  )
  return { openCount: rows[0]?.open ?? 0, minuteCount: rows[0]?.minute ?? 0 }
}

/** Live ones first, the newest of each first. */
async function readKeys(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  callerId: string,
): Promise<Pick<CallerPageView, 'keys' | 'hiddenKeyCount' | 'liveKeyCount' | 'lastUsedAt'>> {
  const at = new Date(now())
  const live = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] }
  const read = (where: object, take: number) =>
    db.apiKey.findMany({
      where: { callerId, ...where },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take,
      include: { createdBy: { select: { name: true } } },
      omit: { secretHash: true },
    })
  const [working, ended, all, used] = await Promise.all([
    read(live, MOST_LIVE),
    read({ NOT: live }, MOST_ENDED),
    db.apiKey.count({ where: { callerId } }),
    db.apiKey.aggregate({ where: { callerId }, _max: { lastUsedAt: true } }),
  ])
  const keys = [...working, ...ended].map((key): KeyView => {
    return {
      id: key.id,
      name: key.name,
      hint: key.hint,
      kind: keyKind(key.scopes),
      scopes: key.scopes,
      madeByName: key.createdBy.name,
      madeAt: key.createdAt.toISOString(),
      endsAt: key.expiresAt?.toISOString() ?? null,
      revokedAt: key.revokedAt?.toISOString() ?? null,
      lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
      isLive: key.revokedAt === null && (key.expiresAt === null || key.expiresAt > at),
    }
  })
  return {
    keys,
    hiddenKeyCount: all - keys.length,
    liveKeyCount: working.length,
    lastUsedAt: used._max.lastUsedAt?.toISOString() ?? null,
  }
}

function keyKind(scopes: readonly string[]): KeyKindView {
  const isOf = (kind: 'agent' | 'runtime') =>
    [...scopes].sort().join() === [...KEY_SCOPES[kind]].sort().join()
  if (isOf('agent')) return 'agent'
  return isOf('runtime') ? 'runtime' : 'other'
}
