import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import type { DeliveryKind } from '#lib/wire/deliveries'
import type {
  DeliveryStateView,
  DeliveryView,
  TicketDeliveriesView,
} from '#lib/wire/views/deliveries'
import { deliveryOf } from './delivery'
import { faultOf } from './fault'
import { HELD_UNTIL } from './held-until'

/** Most places that one request is told at. */
const MOST_DELIVERIES = 100

/** What Slack was told of a request and where that failed; null when Slack has nothing to do with it. */
export async function ticketDeliveries(
  runtime: Pick<Runtime, 'config' | 'db'>,
  viewer: Pick<SignedIn, 'roles'>,
  requestId: string,
): Promise<TicketDeliveriesView | null> {
  const { db, config } = runtime
  const [standing, rows, alerts, workspace] = await Promise.all([
    standingOf(runtime, requestId),
    readDeliveries(runtime, requestId),
    db.slackMessage.findMany({
      where: { requestId, kind: 'alert' },
      orderBy: { createdAt: 'asc' },
      take: MOST_DELIVERIES,
    }),
    db.slackWorkspace.findUnique({ where: { id: 1 } }),
  ])
  const isExpected = config.slack !== null && standing?.isOpen === true
  const dueAt = standing?.dueAt ?? null
  if (!isExpected && rows.length === 0 && alerts.length === 0) return null
  const names = await namesOf(
    runtime,
    rows.map(({ target }) => target),
  )
  const deliveries = rows.map((row) => deliveryView(row, { names, dueAt }))
  for (const alert of alerts) deliveries.push(deliveryOf(recordOf(alert, null)))
  return {
    deliveries,
    isUnrouted: rows.some(({ target, state }) => target === 'route' && state === 'failed'),
    unreachedSince: standing?.unreachedSince?.toISOString() ?? null,
    fault: faultOf(workspace),
    isExpected,
    canRoute: viewer.roles.includes('admin'),
  }
}

interface Standing {
  /** It was announced, or is going to be. */
  isOpen: boolean
  unreachedSince: Date | null
  /** When what is held back is tried; null: not by time alone. */
  dueAt: Date | null
}

async function standingOf({ db }: Pick<Runtime, 'db'>, requestId: string) {
  const rows = await db.$queryRawUnsafe<Standing[]>(
    `SELECT r.state = 'open' AND r.opened_at IS NOT NULL AS "isOpen", w.unreached_since AS "unreachedSince",
       ${HELD_UNTIL('$1')} AS "dueAt"
     FROM requests r LEFT JOIN slack_watches w ON w.request_id = r.id WHERE r.id = $1`,
    requestId,
  )
  return rows[0]
}

function readDeliveries({ db }: Pick<Runtime, 'db'>, requestId: string) {
  return db.slackDelivery.findMany({
    where: { requestId },
    include: { message: true },
    orderBy: [{ at: 'asc' }, { target: 'asc' }],
    take: MOST_DELIVERIES,
  })
}

type DeliveryRow = Awaited<ReturnType<typeof readDeliveries>>[number]

/** With a message its state counts; without one the announcement's own. */
function deliveryView(
  row: DeliveryRow,
  { names, dueAt }: { names: Map<string, string>; dueAt: Date | null },
): DeliveryView {
  const [kind = '', place = ''] = row.target.split(':')
  const personName = kind === 'channel' || kind === 'group' ? null : (names.get(place) ?? null)
  if (row.message) return deliveryOf(recordOf(row.message, personName))
  return deliveryOf({
    kind: KINDS[kind] ?? 'route',
    hasMessage: false,
    channelId: kind === 'channel' ? place : null,
    personName,
    groupLabel: kind === 'group' ? (names.get(row.target) ?? place) : null,
    state: row.state as DeliveryStateView,
    why: row.why,
    attempts: 0,
    dueAt,
    sentAt: null,
    changedAt: null,
  })
}

const KINDS: Record<string, DeliveryKind> = {
  channel: 'card',
  person: 'direct',
  group: 'direct',
  requester: 'requester',
}

function recordOf(message: NonNullable<DeliveryRow['message']>, personName: string | null) {
  return {
    ...message,
    hasMessage: true,
    kind: message.kind as DeliveryKind,
    state: message.state as DeliveryStateView,
    personName,
  }
}

/** Of people by their id, of groups by their target. */
async function namesOf({ db }: Pick<Runtime, 'db'>, targets: string[]) {
  const ids = targets.map((target) => target.split(':')[1] ?? '').filter((id) => id !== '')
  if (ids.length === 0) return new Map<string, string>()
  const people = await db.person.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
  })
  const groups = await db.group.findMany({
    where: { name: { in: ids } },
    select: { name: true, label: true },
  })
  return new Map([
    ...people.map(({ id, name }): [string, string] => [id, name]),
    ...groups.map(({ name, label }): [string, string] => [`group:${name}`, label]),
  ])
}
