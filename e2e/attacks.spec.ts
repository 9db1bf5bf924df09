import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@playwright/test'
import { registerCaller } from './callers'
import { type Product, test } from './fixtures'
import {
  type Action,
  action,
  addressOf,
  everyAction,
  everyRow,
  NO_ONES_REQUEST,
  pathOf,
  signedIn,
  type Visitor,
  visitor,
} from './visitor'
import { loggedDelivery } from './webhook-log'

const OTHER_SITE = 'This did not come from Countersign'
const SIGNED_OUT = 'You are signed out'

/** The actions of people who are not signed in: what each answers to a stranger who has nothing to show. */
const OPEN: Record<string, string | null> = {
  'app/(auth)/sign-in/actions.ts#startSignIn': null,
  'app/(auth)/sign-in/actions.ts#askForLink': 'No mail is sent from here',
  'app/(auth)/sign-in/link/actions.ts#readLink': 'This link does not sign in.',
  'app/sign/[id]/pass-actions.ts#openPass': 'This link is over',
  'app/sign/[id]/pass-actions.ts#leavePass': null,
  'app/sign/[id]/pass-actions.ts#startApprovalByPass': 'This link is over',
  'app/sign/[id]/pass-actions.ts#startRejectByPass': 'This link is over',
  'app/sign/[id]/pass-actions.ts#approveByPass': 'This link is over',
  'app/sign/[id]/pass-actions.ts#rejectByPass': 'This link is over',
}

/** A secret that nobody gave out. */
const GUESS = 'A'.repeat(43)
const STRANGERS_ARGS: Record<string, unknown[]> = {
  'app/(auth)/sign-in/link/actions.ts#readLink': [GUESS],
  'app/sign/[id]/pass-actions.ts#openPass': [NO_ONES_REQUEST, GUESS],
}

/** Route handlers: who may, and what stands in for a session where there is none. */
const ROUTES: Record<string, string> = {
  'app/(auth)/sign-out/route.ts': 'POST from our page',
  'app/api/auth/[...nextauth]/route.ts': 'GET reads, POST from our page',
  'app/api/events/route.ts': 'GET signed in',
  'app/slack/install/route.ts': 'GET signed in',
  'app/slack/oauth/route.ts': 'GET signed in, with the state of that session',
  'app/(console)/audit/export/route.ts':
    'POST from our page, signed in, of a role that may read it',
  'app/(console)/insights/csv/route.ts': 'GET signed in, of a role that may see it',
  'app/(console)/tickets/[id]/files/route.ts': 'POST from our page, signed in',
  'app/(console)/tickets/[id]/files/[evidenceId]/route.ts': 'GET signed in',
  'app/(console)/tickets/[id]/record/route.ts': 'GET signed in',
}

/** Pages that nobody has to be signed in for. */
const OPEN_PAGES = ['/sign-in', '/sign-in/link', '/sign/[id]', '/reference']

/** Routes that are read, as addresses of one ticket. */
function readRoutes(requestId: string): string[] {
  const ofTicket = Object.keys(ROUTES).filter(
    (file) => file.includes('/tickets/') && ROUTES[file] === 'GET signed in',
  )
  const addresses = ofTicket.map((file) =>
    pathOf(file)
      .replace('[id]', requestId)
      .replace('[evidenceId]', `evd_${'0'.repeat(26)}`),
  )
  const insights = '/insights/csv?table=answers&days=30'
  return [...addresses, insights, '/slack/install', '/slack/oauth?code=c&state=s']
}

async function filesOf(name: RegExp): Promise<string[]> {
  const entries = await readdir('app', { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/** Something of about the right shape: what is tested is refused before any of it is read. */
const argsFor = ({ path: page }: Action) =>
  page.includes('[id]') ? [NO_ONES_REQUEST, {}, {}] : [{}]

/** Next refuses two of the ways before we do, with no answer at all; and leavePass answers nothing. */
function answersOf({ name }: Action, how: string): (string | undefined)[] {
  const isSilent = how === 'null origin' || how === 'other origin' || name.endsWith('#leavePass')
  return isSilent ? [OTHER_SITE, undefined] : [OTHER_SITE]
}

async function expectNothingWritten(product: Product, work: () => Promise<void>): Promise<void> {
  const before = await everyRow(product)
  await work()
  expect(await everyRow(product)).toEqual(before)
}

test.describe('every action', () => {
  test('is refused from another site, without an origin and without its nonce, and writes nothing', async ({
    product,
  }) => {
    test.setTimeout(180_000)
    const admin = await product.person('Nora Attack', { roles: ['admin', 'approver'] })
    const [who, other] = [await signedIn(product, admin), await signedIn(product, admin)]
    const nonce = who.cookies.get('countersign.nonce') ?? ''
    const foreign: [string, Record<string, string>, string][] = [
      ['no origin', {}, nonce],
      ['null origin', { origin: 'null' }, nonce],
      ['other origin', { origin: 'https://evil.example' }, nonce],
      ['cross site', { origin: product.url, 'sec-fetch-site': 'cross-site' }, nonce],
      ['a site beside ours', { origin: product.url, 'sec-fetch-site': 'same-site' }, nonce],
      ['no nonce', { origin: product.url }, ''],
      [
        'the nonce of another session',
        { origin: product.url },
        other.cookies.get('countersign.nonce') ?? '',
      ],
      ['a nonce put together', { origin: product.url }, `${nonce.slice(0, -2)}xx`],
    ]
    const actions = await everyAction()
    expect(actions.length).toBeGreaterThan(25)
    const attempts = actions.flatMap((each) => foreign.map((way) => [each, ...way] as const))
    await expectNothingWritten(product, async () => {
      for (const [each, how, headers, sent] of attempts) {
        who.cookies.set('countersign.nonce', sent)
        const told = await who.act(each, argsFor(each), { headers })
        expect([each.name, how, answersOf(each, how)]).toEqual([
          each.name,
          how,
          expect.arrayContaining([told?.title]),
        ])
      }
    })
  })

  test('is refused to whoever is not signed in, was signed out or was deactivated, and writes nothing', async ({
    product,
  }) => {
    test.setTimeout(120_000)
    const nobody = visitor(product)
    await nobody.get('/sign-in')
    const admin = { roles: ['admin' as const, 'approver' as const] }
    const [gone, out] = [
      await product.person('Gone Now', admin),
      await product.person('Out Now', admin),
    ]
    const [deactivated, ended] = [await signedIn(product, gone), await signedIn(product, out)]
    const { db } = product.runtime
    await db.person.update({ where: { id: gone.id }, data: { active: false } })
    await db.session.updateMany({ where: { personId: out.id }, data: { revokedAt: new Date() } })
    const actions = (await everyAction()).filter(({ name }) => !(name in OPEN))
    await expectNothingWritten(product, async () => {
      for (const each of actions) {
        for (const who of [nobody, deactivated, ended]) {
          const told = await who.act(each, argsFor(each))
          expect([each.name, told?.title]).toEqual([each.name, SIGNED_OUT])
        }
      }
    })
  })

  test('of an open door tells a stranger nothing', async ({ product }) => {
    const names = new Set((await everyAction()).map(({ name }) => name))
    const stranger = visitor(product)
    await stranger.get('/sign-in')
    for (const [name, title] of Object.entries(OPEN)) {
      expect(names).toContain(name)
      if (title === null) continue
      const each = await action(name.split('#')[1] ?? '')
      expect([
        name,
        (await stranger.act(each, STRANGERS_ARGS[name] ?? argsFor(each)))?.title,
      ]).toEqual([name, title])
    }
  })
})

test.describe('every route and page', () => {
  test('has a row that says who may', async () => {
    expect(await filesOf(/^route\.tsx?$/)).toEqual(Object.keys(ROUTES).sort())
  })

  test('checks for itself: nothing stands before the pages that could be taken away', async () => {
    const entries = await readdir('.')
    expect(entries.filter((name) => /^(proxy|middleware)\.[cm]?[jt]sx?$/.test(name))).toEqual([])
    const manifest = await readFile('.next/server/middleware-manifest.json', 'utf8')
    expect(JSON.parse(manifest)).toMatchObject({ middleware: {}, functions: {} })
  })

  test('sends whoever is not signed in to sign in, and shows them nothing', async ({ product }) => {
    const caller = await registerCaller(product)
    const { request_id: id } = await caller.ask()
    const logged = await loggedDelivery(product, caller, id)
    const named = { requestId: id, personId: caller.ownerId, ...logged }
    const nobody = visitor(product)
    const files = await filesOf(/^page\.tsx$/)
    for (const file of files.filter((each) => !['/', ...OPEN_PAGES].includes(pathOf(each)))) {
      const page = addressOf(file, named)
      const answer = await nobody.get(page)
      const text = await answer.text()
      expect([page, text.includes('Deploy release')]).toEqual([page, false])
      const isSentAway = answer.status === 307 || text.includes('/sign-in?from=')
      expect([page, isSentAway]).toEqual([page, true])
    }
    expect((await nobody.get('/api/events')).status).toBe(401)
    for (const route of readRoutes(id)) {
      const answer = await nobody.get(route)
      expect([route, answer.headers.get('location')]).toEqual([
        route,
        expect.stringContaining('/sign-in?from='),
      ])
      expect(await answer.text()).toBe('')
    }
  })

  test('changes nothing by being read, signed in or not', async ({ product }) => {
    const caller = await registerCaller(product)
    const { request_id: id } = await caller.ask()
    const admin = await product.person('Rita Reader', { roles: ['admin', 'approver'] })
    const who = await signedIn(product, admin)
    const nobody = visitor(product)
    const logged = await loggedDelivery(product, caller, id)
    const named = { requestId: id, personId: caller.ownerId, ...logged }
    const pages = (await filesOf(/^page\.tsx$/)).map((file) => addressOf(file, named))
    const queries = ['', '?signed=vot_x&error=x&tab=all&q=x&format=json']
    await expectNothingWritten(product, async () => {
      for (const page of [...pages, ...readRoutes(id), '/sign-out', '/api/auth/signin']) {
        for (const query of queries) {
          expect((await who.get(page + query)).status).toBeLessThan(500)
          expect((await nobody.get(page + query)).status).toBeLessThan(500)
        }
      }
    })
  })

  test('takes a file from our page alone, with the nonce, and from somebody signed in', async ({
    product,
  }) => {
    const { request_id: id } = await (await registerCaller(product)).ask()
    const who = await signedIn(product, await product.person('Una Upload'))
    const [nobody, noNonce] = [visitor(product), visitor(product)]
    await nobody.get('/sign-in')
    const session = who.cookies.get('countersign.session') ?? ''
    noNonce.cookies.set('countersign.session', session)
    const send = async (from: Visitor, headers?: Record<string, string>) => {
      const answer = await from.post(`/tickets/${id}/files`, 'some bytes', headers)
      return ((await answer.json()) as { title?: string }).title
    }
    await expectNothingWritten(product, async () => {
      expect(await send(nobody)).toBe(SIGNED_OUT)
      expect(await send(noNonce)).toBe(OTHER_SITE)
      for (const origin of ['null', 'https://evil.example', '']) {
        expect(await send(who, { origin })).toBe(OTHER_SITE)
      }
      expect(await send(who, {})).toBe(OTHER_SITE)
    })
  })

  test('signs out only from our page, with the nonce', async ({ product }) => {
    const person = await product.person('Stays In')
    const who = await signedIn(product, person)
    const live = () =>
      product.runtime.db.session.count({ where: { personId: person.id, revokedAt: null } })
    const nonce = who.cookies.get('countersign.nonce') ?? ''
    who.cookies.delete('countersign.nonce')
    expect((await who.post('/sign-out', '')).status).toBe(403)
    expect(await live()).toBe(1)
    who.cookies.set('countersign.nonce', nonce)
    expect((await who.post('/sign-out', '')).status).toBe(303)
    expect(await live()).toBe(0)
  })
})
