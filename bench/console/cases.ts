import type { Client } from 'pg'
import type { SignedIn } from '../../lib/auth/session'
import { accountView } from '../../lib/queries/account/account-view'
import { inboxView } from '../../lib/queries/inbox/inbox-view'
import { peopleView } from '../../lib/queries/people/people-view'
import { deliveriesView } from '../../lib/queries/slack/deliveries-view'
import { ticketDeliveries } from '../../lib/queries/slack/ticket-deliveries'
import { ticketView } from '../../lib/queries/ticket/ticket-view'
import type { Runtime } from '../../lib/runtime'
import { deliveriesQuery } from '../../lib/wire/deliveries'
import { cursorText, inboxQuery } from '../../lib/wire/inbox'
import { peopleQuery } from '../../lib/wire/people'

/** One page as somebody opens it: its address, and what it reads beside the frame that all pages share. */
export interface PageCase {
  name: string
  path: string
  read: (runtime: Runtime, viewer: SignedIn) => Promise<unknown>
}

/** Every page, list and filter of the console, each on what is in the database now. */
export async function pageCases(db: Client, longId: string): Promise<PageCase[]> {
  const one = await found(db)
  return [
    inbox('inbox, today', {}),
    inbox('inbox, needs me', { view: 'needs_me' }),
    inbox('inbox, mine', { view: 'mine' }),
    inbox('inbox, mine, oldest', { view: 'mine', sort: 'oldest' }),
    inbox('inbox, open', { view: 'open' }),
    inbox('inbox, open, oldest', { view: 'open', sort: 'oldest' }),
    inbox('inbox, ready', { view: 'ready' }),
    inbox('inbox, never reported', { view: 'never_reported' }),
    inbox('inbox, closed', { view: 'closed' }),
    inbox('inbox, closed, oldest', { view: 'closed', sort: 'oldest' }),
    inbox('inbox, closed, half-way back', { view: 'closed', sort: 'newest', cursor: one.cursor }),
    inbox('inbox, all', { view: 'all' }),
    inbox('inbox, closed, of a caller', { view: 'closed', caller: 'clr_bench7' }),
    inbox('inbox, closed, rejected', { view: 'closed', state: 'rejected' }),
    inbox('inbox, closed, a risk', { view: 'closed', risk: 'money_out' }),
    inbox('inbox, closed, a risk never met', { view: 'closed', risk: 'none_such' }),
    inbox('inbox, closed, environment never met', { view: 'closed', environment: 'none-such' }),
    inbox('inbox, all, text found', { view: 'all', q: 'Rotate' }),
    inbox('inbox, closed, text not found', { view: 'closed', q: 'zzzz' }),
    inbox('inbox, mine, text not found', { view: 'mine', q: 'zzzz' }),
    inbox('inbox, all, an id', { view: 'all', q: one.releasedId }),
    inbox('inbox, open, text not found', { view: 'open', q: 'zzzz' }),
    ticket('ticket, open', one.openId),
    ticket('ticket, released', one.releasedId),
    ticket('ticket, long record', longId),
    {
      name: 'account',
      path: '/account',
      read: (runtime, viewer) => accountView(runtime, viewer),
    },
    {
      name: 'people',
      path: '/people',
      read: (runtime, viewer) => peopleView(runtime, viewer, peopleQuery.parse({})),
    },
    deliveries('deliveries', {}),
    deliveries('deliveries, text not found', { q: 'zzzz' }),
  ]
}

function inbox(name: string, asked: Record<string, string>): PageCase {
  return {
    name,
    path: addressOf('/inbox', asked),
    read: (runtime, viewer) => inboxView(runtime, viewer.personId, inboxQuery.parse(asked)),
  }
}

function deliveries(name: string, asked: Record<string, string>): PageCase {
  return {
    name,
    path: addressOf('/deliveries', asked),
    read: (runtime, viewer) => deliveriesView(runtime, viewer, deliveriesQuery.parse(asked)),
  }
}

function ticket(name: string, requestId: string): PageCase {
  return {
    name,
    path: `/tickets/${requestId}`,
    read: (runtime, viewer) =>
      Promise.all([
        ticketView(runtime, { requestId, viewerId: viewer.personId }),
        ticketDeliveries(runtime, viewer, requestId),
      ]),
  }
}

function addressOf(path: string, asked: Record<string, string>): string {
  const query = new URLSearchParams(asked).toString()
  return query === '' ? path : `${path}?${query}`
}

interface Found {
  openId: string
  releasedId: string
  cursor: string
}

async function found(db: Client): Promise<Found> {
  const { rows } = await db.query<{ openId: string; releasedId: string; at: Date; id: string }>(`
    SELECT half.submitted_at AS at, half.id,
      (SELECT id FROM requests WHERE state = 'open' AND caller_id LIKE 'clr_bench%' ORDER BY id LIMIT 1) AS "openId",
      (SELECT r.id FROM requests r JOIN votes v ON v.request_id = r.id
       WHERE r.state = 'released' AND r.caller_id LIKE 'clr_bench%' ORDER BY r.id DESC LIMIT 1) AS "releasedId"
    FROM (SELECT submitted_at, id FROM requests WHERE state <> 'open' ORDER BY submitted_at
      OFFSET (SELECT count(*) / 2 FROM requests) LIMIT 1) half`)
  const [row] = rows
  if (!row) throw new Error('Nothing was seeded')
  const cursor = cursorText({ isBack: false, at: row.at, id: row.id }, 'newest')
  return { ...row, cursor }
}
