import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import type { PeopleQuery } from '#lib/wire/people'
import type { PeopleView, PersonRowView } from '#lib/wire/views-people'
import { roleWords } from '../role-words'
import { slackLinkView, type TeamRow, workspaceOf } from './link-view'

const PAGE_ROWS = 50

/** The people of this installation, a page at a time, by name. */
export async function peopleView(
  runtime: Pick<Runtime, 'config' | 'db' | 'now'>,
  viewer: Pick<SignedIn, 'personId' | 'roles'>,
  query: PeopleQuery,
): Promise<PeopleView> {
  const { db, config } = runtime
  const [people, workspace, active, unlinked, gone] = await Promise.all([
    readPeople(runtime, query),
    workspaceOf(db),
    db.person.count({ where: WHERE.active }),
    db.person.count({ where: WHERE.unlinked }),
    db.person.count({ where: WHERE.gone }),
  ])
  const shown = people.slice(0, PAGE_ROWS)
  return {
    tab: query.tab,
    tabCounts: { active, unlinked, gone },
    text: query.text,
    hasSlack: config.slack !== null,
    canUnlink: viewer.roles.includes('admin'),
    rows: shown.map((person) => rowOf(person, workspace, viewer.personId)),
    nextAfter: people.length > PAGE_ROWS ? (shown.at(-1)?.id ?? null) : null,
  }
}

const LIVE_LINK = { endedAt: null }
const WHERE = {
  active: { active: true },
  unlinked: { active: true, slackLinks: { none: LIVE_LINK } },
  gone: { active: false },
}

type PersonRecord = Awaited<ReturnType<typeof readPeople>>[number]

async function readPeople({ db, now }: Pick<Runtime, 'db' | 'now'>, query: PeopleQuery) {
  const last =
    query.after === null
      ? null
      : await db.person.findUnique({
          where: { id: query.after },
          select: { id: true, name: true },
        })
  const literal = query.text.replaceAll(/[\\%_]/g, '\\$&')
  const matches = { contains: literal, mode: 'insensitive' as const }
  return await db.person.findMany({
    where: {
      AND: [
        WHERE[query.tab],
        query.text === '' ? {} : { OR: [{ name: matches }, { email: matches }] },
        last === null
          ? {}
          : { OR: [{ name: { gt: last.name } }, { name: last.name, id: { gt: last.id } }] },
      ],
    },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: PAGE_ROWS + 1,
    select: {
      id: true,
      name: true,
      email: true,
      roles: true,
      active: true,
      memberships: {
        where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now()) } }] },
        select: { expiresAt: true, group: { select: { label: true } } },
        orderBy: { group: { label: 'asc' } },
      },
      passkeys: { where: { revokedAt: null }, select: { confirmedAt: true } },
      totp: { select: { verifiedAt: true, confirmedAt: true } },
      slackLinks: { where: LIVE_LINK, take: 1 },
    },
  })
}

function rowOf(person: PersonRecord, workspace: TeamRow | null, viewerId: string): PersonRowView {
  const { totp, slackLinks } = person
  const factors = [...person.passkeys, ...(totp?.verifiedAt ? [totp] : [])]
  const confirmed = factors.filter(({ confirmedAt }) => confirmedAt !== null)
  const [link] = slackLinks
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    isActive: person.active,
    isViewer: person.id === viewerId,
    roles: person.roles.map(roleWords),
    groups: person.memberships.map(({ expiresAt, group }) => ({
      label: group.label,
      endsAt: expiresAt?.toISOString() ?? null,
    })),
    factorCount: confirmed.length,
    waitingFactorCount: factors.length - confirmed.length,
    slack: link ? slackLinkView(link, workspace) : null,
  }
}
