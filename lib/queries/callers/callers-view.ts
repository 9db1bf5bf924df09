import type { SignedIn } from '#lib/auth/session'
import type { Db } from '#lib/db/client'
import type { Runtime } from '#lib/runtime'
import type { CallersQuery } from '#lib/wire/callers'
import type { CallerKindView, CallerRowView, CallersView } from '#lib/wire/views/callers'
import type { PersonView } from '#lib/wire/views/common'
import { MOST_COUNTED } from '#lib/wire/views/inbox'

const PAGE_ROWS = 50
/** A list to choose one of; nobody reads a longer one. */
const MOST_OWNERS = 1_000

interface Row extends Omit<CallerRowView, 'kind' | 'lastUsedAt'> {
  kind: string
  lastUsedAt: Date | null
}

/** Names are unique, so a page begins behind one. */
const READ = `
SELECT c.id, c.name, c.kind, c.environments, c.active AS "isActive", c.owner_name AS "ownerName",
  NOT c.owner_active AS "hasOwnerLeft", k.live AS "liveKeyCount", k.used AS "lastUsedAt"
FROM (
  SELECT c.*, o.name AS owner_name, o.active AS owner_active FROM callers c JOIN people o ON o.id = c.owner_id
  WHERE c.kind <> 'console' AND c.active = $1 AND ($2::boolean OR c.owner_id = $3)
    AND ($4::text IS NULL OR c.name ILIKE $4 OR o.name ILIKE $4)
    AND ($5::text IS NULL OR c.name > (SELECT name FROM callers WHERE id = $5))
  ORDER BY c.name LIMIT ${PAGE_ROWS + 1}
) c CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $6))::int AS live,
    max(last_used_at) AS used FROM api_keys WHERE caller_id = c.id
) k
ORDER BY c.name`

const COUNT = `
SELECT (SELECT count(*)::int FROM (SELECT 1 FROM callers c WHERE ${owned('true')} LIMIT ${MOST_COUNTED}) a) AS active,
  (SELECT count(*)::int FROM (SELECT 1 FROM callers c WHERE ${owned('false')} LIMIT ${MOST_COUNTED}) p) AS paused`

function owned(active: string): string {
  return `c.kind <> 'console' AND c.active = ${active} AND ($1::boolean OR c.owner_id = $2)`
}

/** The callers that the viewer owns; an admin's view has all of them. */
export async function callersView(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  { personId, roles }: Pick<SignedIn, 'personId' | 'roles'>,
  { tab, text, after }: CallersQuery,
): Promise<CallersView> {
  const isAdmin = roles.includes('admin')
  const words = text === '' ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  const isActive = tab === 'active'
  const [rows, counts, owners] = await Promise.all([
    db.$queryRawUnsafe<Row[]>(READ, isActive, isAdmin, personId, words, after, new Date(now())),
    db.$queryRawUnsafe<CallersView['tabCounts'][]>(COUNT, isAdmin, personId),
    isAdmin ? possibleOwners(db) : null,
  ])
  const shown = rows.slice(0, PAGE_ROWS)
  return {
    tab,
    tabCounts: counts[0] ?? { active: 0, paused: 0 },
    text,
    isAdmin,
    rows: shown.map(rowOf),
    nextAfter: rows.length > PAGE_ROWS ? (shown.at(-1)?.id ?? null) : null,
    owners,
  }
}

export function possibleOwners(db: Db): Promise<PersonView[]> {
  return db.person.findMany({
    where: { active: true },
    select: { id: true, name: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: MOST_OWNERS,
  })
}

/** The console's own callers are shown nowhere, so there is no third kind. */
export function kindOf(kind: string): CallerKindView {
  return kind === 'ci_job' ? 'ci_job' : 'agent'
}

function rowOf({ kind, lastUsedAt, ...row }: Row): CallerRowView {
  return { ...row, kind: kindOf(kind), lastUsedAt: lastUsedAt?.toISOString() ?? null }
}
