import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@playwright/test'
import type { Role } from '../lib/wire/change'
import { registerCaller } from './callers'
import { type Product, test } from './fixtures'
import {
  type Action,
  addressOf,
  everyAction,
  pathOf,
  signedIn,
  type Visitor,
  visitor,
} from './visitor'
import { loggedDelivery } from './webhook-log'

const WHO = {
  nobody: null,
  'no role': [],
  approver: ['approver'],
  release_manager: ['release_manager'],
  policy_editor: ['policy_editor'],
  auditor: ['auditor'],
  admin: ['admin'],
} satisfies Record<string, Role[] | null>
type Who = keyof typeof WHO
const EVERYBODY = Object.keys(WHO) as Who[]

/**
 * shown: the page. told: a page that says whom it is for. door: led to sign in. elsewhere: led to another page.
 * missing: there is no such page for them.
 */
type Outcome = 'shown' | 'told' | 'door' | 'elsewhere' | 'missing'
/** What a page answers to whom. A page without a row fails: somebody has to say whom it is for. */
interface Row {
  nobody: Outcome
  /** Left out: to everybody who is signed in. */
  shownTo?: readonly Role[]
  /** To whoever it is not shown to. */
  others: Outcome
  /** What it says to them. */
  words?: string
}
const SIGNED_IN: Row = { nobody: 'door', others: 'shown' }
const OPEN: Row = { nobody: 'shown', others: 'shown' }
/** Open to whoever holds what its link holds; it offers the door beside it. */
const BY_LINK: Row = { nobody: 'door', others: 'shown' }
/** Of somebody else's caller. */
const OWNERS: Row = { nobody: 'door', shownTo: ['admin'], others: 'missing' }
const told = (words: string, ...shownTo: Role[]): Row => ({
  nobody: 'door',
  shownTo,
  others: 'told',
  words,
})
const PAGES: Record<string, Row> = {
  '/': { nobody: 'elsewhere', others: 'elsewhere' },
  '/account': SIGNED_IN,
  '/audit': told('The audit trail is for admins and auditors', 'admin', 'auditor'),
  '/callers': SIGNED_IN,
  '/callers/[id]': OWNERS,
  '/deliveries': SIGNED_IN,
  '/groups': SIGNED_IN,
  '/groups/[name]': SIGNED_IN,
  '/inbox': SIGNED_IN,
  '/insights': told('Insights are for those', 'admin', 'auditor', 'policy_editor'),
  '/people': SIGNED_IN,
  '/people/[id]': SIGNED_IN,
  '/policy': SIGNED_IN,
  '/policy/[ordinal]': SIGNED_IN,
  '/queues': told('Admins look after the queues', 'admin'),
  '/reference': OPEN,
  '/settings': told('Admins look after the settings', 'admin'),
  '/sign-in': { nobody: 'shown', others: 'elsewhere' },
  '/sign-in/link': OPEN,
  '/sign/[id]': BY_LINK,
  '/slack': told('Admins set Slack up', 'admin'),
  '/slack/link': BY_LINK,
  '/tickets/[id]': SIGNED_IN,
  '/webhooks': SIGNED_IN,
  '/webhooks/[id]': OWNERS,
  '/webhooks/[id]/[deliveryId]': OWNERS,
}

function expectedOf(row: Row | undefined, who: Who): Outcome | undefined {
  if (who === 'nobody') return row?.nobody
  const isShown = row?.shownTo?.some((role) => role === who) ?? false
  return isShown ? 'shown' : row?.others
}

/** Actions for admins alone, who are told apart before anything that was sent is read. Every other one looks at what it is about. */
const ADMINS_ACTIONS = [
  'app/(console)/deliveries/actions.ts#tryAgain',
  'app/(console)/people/actions.ts#invite',
  'app/(console)/people/actions.ts#makeItSo',
  'app/(console)/people/actions.ts#makeLink',
  'app/(console)/people/actions.ts#previewChange',
  'app/(console)/queues/actions.ts#retry',
  'app/(console)/settings/actions.ts#changeSettings',
  'app/(console)/slack/actions.ts#removeApp',
  'app/(console)/slack/actions.ts#saveRouting',
  'app/(console)/slack/actions.ts#sendTest',
]
const NOT_ADMIN = 'Only an admin may do this'
const SIGNED_OUT = 'You are signed out'

async function personOf(product: Product, who: Who): Promise<{ id: string } | null> {
  const roles = WHO[who]
  return roles && (await product.person(`Rita ${who}`, { roles }))
}

async function outcomeOf(who: Visitor, address: string, row?: Row): Promise<Outcome> {
  const answer = await who.get(address)
  const text = await answer.text()
  const to = answer.headers.get('location') ?? ''
  if (to.includes('/sign-in?') || text.includes('/sign-in?from=')) return 'door'
  if (answer.status === 307) return 'elsewhere'
  if (answer.status === 404 || text.includes('NEXT_HTTP_ERROR_FALLBACK;404')) return 'missing'
  expect([address, answer.status]).toEqual([address, 200])
  return row?.words && text.includes(row.words) ? 'told' : 'shown'
}

test('every page answers each role as its row says', async ({ product }) => {
  test.setTimeout(180_000)
  const entries = await readdir('app', { recursive: true, withFileTypes: true })
  const files = entries
    .filter(({ name }) => name === 'page.tsx')
    .map(({ parentPath, name }) => path.join(parentPath, name))
  expect(files.map(pathOf).sort()).toEqual(Object.keys(PAGES).sort())
  const caller = await registerCaller(product)
  const { request_id: requestId } = await caller.ask()
  const logged = await loggedDelivery(product, caller, requestId)
  const named = { requestId, personId: caller.ownerId, ...logged }
  for (const who of EVERYBODY) {
    const person = await personOf(product, who)
    const here = person ? await signedIn(product, person) : visitor(product)
    const found = await Promise.all(
      files.map(async (file) => {
        const row = PAGES[pathOf(file)]
        return [pathOf(file), await outcomeOf(here, addressOf(file, named), row)]
      }),
    )
    const expected = files.map((file) => [pathOf(file), expectedOf(PAGES[pathOf(file)], who)])
    expect([who, found]).toEqual([who, expected])
  }
})

test('every action for admins alone refuses whoever is none, whatever else they are, and no other action does', async ({
  product,
}) => {
  test.setTimeout(180_000)
  const actions = await everyAction()
  const allOthers: Role[] = ['approver', 'release_manager', 'policy_editor', 'auditor']
  for (const roles of [[], allOthers]) {
    const person = await product.person('Rita Others', { roles })
    expect([roles, await refusedAsNoAdmin(product, person, actions)]).toEqual([
      roles,
      ADMINS_ACTIONS,
    ])
  }
})

/** Those that say that only an admin may; whoever was signed out by one of them signs in again. */
async function refusedAsNoAdmin(
  product: Product,
  person: { id: string },
  actions: Action[],
): Promise<string[]> {
  const refused: string[] = []
  let who = await signedIn(product, person)
  for (const action of actions) {
    let told = await who.act(action, [{}, {}, {}])
    if (told?.title === SIGNED_OUT) {
      who = await signedIn(product, person)
      told = await who.act(action, [{}, {}, {}])
    }
    if (told?.title === NOT_ADMIN) refused.push(action.name)
  }
  return refused.sort()
}
