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
 * shown: the page. told: a page that says whose it is. door: led to sign in. elsewhere: led to another page.
 * missing: there is no such page for them.
 */
type Outcome = 'shown' | 'told' | 'door' | 'elsewhere' | 'missing'
/** What each page answers to whom. A page that is not in it fails: somebody has to say whom it is for. */
type Row = Record<'nobody' | 'admin' | 'others', Outcome>
const SIGNED_IN: Row = { nobody: 'door', admin: 'shown', others: 'shown' }
const OPEN: Row = { nobody: 'shown', admin: 'shown', others: 'shown' }
/** Open to whoever holds what its link holds; it offers the door beside it. */
const BY_LINK: Row = { nobody: 'door', admin: 'shown', others: 'shown' }
/** Of an endpoint of somebody else's caller. */
const OWNERS: Row = { nobody: 'door', admin: 'shown', others: 'missing' }
const ADMINS: Row = { nobody: 'door', admin: 'shown', others: 'told' }
const PAGES: Record<string, Row> = {
  '/': { nobody: 'elsewhere', admin: 'elsewhere', others: 'elsewhere' },
  '/account': SIGNED_IN,
  '/deliveries': SIGNED_IN,
  '/groups': SIGNED_IN,
  '/groups/[name]': SIGNED_IN,
  '/inbox': SIGNED_IN,
  '/people': SIGNED_IN,
  '/people/[id]': SIGNED_IN,
  '/policy': SIGNED_IN,
  '/reference': OPEN,
  '/sign-in': { nobody: 'shown', admin: 'elsewhere', others: 'elsewhere' },
  '/sign-in/link': OPEN,
  '/sign/[id]': BY_LINK,
  '/slack': ADMINS,
  '/slack/link': BY_LINK,
  '/tickets/[id]': SIGNED_IN,
  '/webhooks': SIGNED_IN,
  '/webhooks/[id]': OWNERS,
  '/webhooks/[id]/[deliveryId]': OWNERS,
}

/** Actions for admins alone, who are told apart before anything that was sent is read. Every other one looks at what it is about. */
const ADMINS_ACTIONS = [
  'app/(console)/deliveries/actions.ts#tryAgain',
  'app/(console)/people/actions.ts#invite',
  'app/(console)/people/actions.ts#makeItSo',
  'app/(console)/people/actions.ts#makeLink',
  'app/(console)/people/actions.ts#previewChange',
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

async function outcomeOf(who: Visitor, address: string): Promise<Outcome> {
  const answer = await who.get(address)
  const text = await answer.text()
  const to = answer.headers.get('location') ?? ''
  if (to.includes('/sign-in?') || text.includes('/sign-in?from=')) return 'door'
  if (answer.status === 307) return 'elsewhere'
  if (answer.status === 404 || text.includes('NEXT_HTTP_ERROR_FALLBACK;404')) return 'missing'
  expect([address, answer.status]).toEqual([address, 200])
  return text.includes('Admins set Slack up') ? 'told' : 'shown'
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
      files.map(async (file) => [pathOf(file), await outcomeOf(here, addressOf(file, named))]),
    )
    const kind = who === 'nobody' || who === 'admin' ? who : 'others'
    const expected = files.map((file) => [pathOf(file), PAGES[pathOf(file)]?.[kind]])
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
