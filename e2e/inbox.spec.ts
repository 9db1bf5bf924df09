import { expect, type Page } from '@playwright/test'
import { attachPlan } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { expectAccessible, expectGood, WIDE } from './accessible'
import { registerCaller, type TestCaller } from './callers'
import { type Product, ready, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }

async function signedIn(page: Page, product: Product) {
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  await signIn(page, product, mara)
  return { caller, mara }
}

/** The inbox of this caller's requests alone, heard of live. */
async function openInbox(page: Page, caller: TestCaller, query = ''): Promise<void> {
  await page.goto(`/inbox?caller=${caller.id}${query}`)
  await ready(page)
  await expect(page.locator('.live[data-live="true"]')).toBeVisible()
}

async function asked(caller: TestCaller, ...names: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const name of names) {
    const goal = `${name} of ${caller.name}`
    ids.push((await caller.ask({ ...SEED_CONTRACT, goal })).request_id)
  }
  return ids
}

const rowOf = (page: Page, caller: TestCaller, name: string) =>
  page.getByRole('row', { name: `${name} of ${caller.name}` })

const stateOf = async (caller: TestCaller, id = '') => (await caller.agent.get(id)).state

test.describe('rejecting several', () => {
  test('is done by keys alone: select, read each as it is now, give a reason, see what came of each', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await signedIn(page, product)
    const [first, second, third] = await asked(caller, 'First', 'Second', 'Third')
    await openInbox(page, caller, '&sort=oldest')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('x')
    await expect(page.getByText('2 selected')).toBeVisible()
    await page.keyboard.press('x')
    await expect(page.getByText('1 selected')).toBeVisible()
    await page.keyboard.press('x')
    await expect(rowOf(page, caller, 'Third').getByRole('checkbox')).not.toBeChecked()

    await page.keyboard.press('s')
    await expect(page.getByRole('button', { name: 'Reject 2 requests' })).toBeFocused()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Reject 2 requests' })
    const reject = dialog.getByRole('button', { name: 'Reject 2 requests, nothing will run' })
    await expect(reject).toBeVisible()
    await expect(dialog.getByText(`First of ${caller.name}`)).toBeVisible()
    await expect(dialog.getByText(`${caller.name} of ${caller.ownerName}`).first()).toBeVisible()
    await expect(dialog.getByRole('list', { name: 'Digest words' })).toHaveCount(2)

    await reject.focus()
    await page.keyboard.press('Enter')
    await expect(dialog.getByText('Choose one.')).toBeVisible()
    expect(await stateOf(caller, first)).toBe('open')

    // Somebody adds a plan to the second one between the reading and the deed.
    await attachPlan(product.runtime, second ?? '', mara)
    await dialog.getByRole('radio', { name: 'Wrong time' }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Freeze until Monday')
    await page.keyboard.press('Enter')
    const results = page.getByRole('dialog', { name: 'What came of each' })
    await expect(results.getByText('1 of 2 requests rejected.')).toBeVisible()
    await expect(results.getByText('It changed while you read it.')).toBeVisible()
    expect(await stateOf(caller, first)).toBe('rejected')
    expect(await stateOf(caller, second)).toBe('open')

    // What is left is read again, and rejected as it is now.
    await results.getByRole('button', { name: 'Read 1 request again' }).press('Enter')
    const again = page.getByRole('dialog', { name: 'Reject 1 request' })
    await again.getByRole('radio', { name: 'Wrong time' }).press('Space')
    await again.getByRole('button', { name: 'Reject 1 request, nothing will run' }).press('Enter')
    await expect(results.getByText('1 of 1 request rejected.')).toBeVisible()
    expect(await stateOf(caller, second)).toBe('rejected')
    expect(await stateOf(caller, third)).toBe('open')

    await page.keyboard.press('Escape')
    await expect(results).toBeHidden()
    await expect(page.locator('.notice', { hasText: '1 of 1 request rejected.' })).toBeVisible()
    await expect(page.getByText(/\d selected/u)).toBeHidden()
    const vote = await product.runtime.db.vote.findFirstOrThrow({ where: { requestId: first } })
    expect(vote).toMatchObject({
      personId: mara.id,
      reason: 'not_now',
      note: 'Freeze until Monday',
    })
  })

  test('keeps the selection while the list changes; what ended leaves it, and that is said', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    const [first] = await asked(caller, 'First', 'Second')
    await openInbox(page, caller)
    for (const name of ['First', 'Second']) {
      await rowOf(page, caller, name).getByRole('checkbox').check()
    }
    await expect(page.getByText('2 selected')).toBeVisible()
    await asked(caller, 'Third')
    await expect(rowOf(page, caller, 'Third')).toBeVisible()
    await expect(page.getByText('2 selected')).toBeVisible()
    await caller.agent.cancel(first ?? '')
    await expect(page.getByText('1 selected')).toBeVisible()
    await expect(page.getByText('No longer selected:')).toBeVisible()
    await expect(rowOf(page, caller, 'Second').getByRole('checkbox')).toBeChecked()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect(page.getByText('No longer selected:')).toBeHidden()
  })

  test('offers nothing to whoever stands behind the request', async ({ page, product }) => {
    const caller = await registerCaller(product)
    await asked(caller, 'Own')
    await signIn(page, product, { id: caller.ownerId, name: caller.ownerName })
    await openInbox(page, caller, '&view=mine')
    await expect(rowOf(page, caller, 'Own')).toBeVisible()
    await expect(rowOf(page, caller, 'Own').getByRole('checkbox')).toHaveCount(0)
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await expect(page.getByText(/\d selected/u)).toBeHidden()
  })
})

test('keys do nothing while somebody types or holds a modifier, and none of them votes', async ({
  page,
  product,
}) => {
  const { caller } = await signedIn(page, product)
  const [first] = await asked(caller, 'First')
  await openInbox(page, caller)
  const box = rowOf(page, caller, 'First').getByRole('checkbox')
  const search = page.getByLabel('Search requests')
  await search.focus()
  await page.keyboard.type('jx?')
  await expect(search).toHaveValue('jx?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden()
  await rowOf(page, caller, 'First').getByRole('link').focus()
  await page.keyboard.press('Alt+x')
  await expect(box).not.toBeChecked()
  for (const key of ['a', 'r', 'y', 'Delete', 'Backspace']) await page.keyboard.press(key)
  await page.keyboard.press('x')
  await expect(box).toBeChecked()
  for (const key of ['a', 'r', 'y', 'Delete', 's']) await page.keyboard.press(key)
  expect(await stateOf(caller, first)).toBe('open')
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keys' })
  await expect(help.getByRole('listitem')).toHaveCount(7)
  await expectAccessible(page)
})

test.describe('the address', () => {
  test('holds view, filters and order; each filter is seen and cleared by itself', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    await asked(caller, 'First')
    await openInbox(page, caller, `&view=all&q=${caller.name}`)
    await page.getByLabel('State').selectOption('Open')
    await expect(page).toHaveURL(/view=all.*state=open/u)
    const narrowed = page.getByRole('list', { name: 'Narrowed to' })
    await expect(narrowed.getByRole('link')).toHaveText([
      /Search/u,
      /State: Open/u,
      /Caller/u,
      'Clear all',
    ])
    await page.getByLabel('Order').selectOption('Closes first')
    await expect(page).toHaveURL(/sort=deadline/u)
    await expect(rowOf(page, caller, 'First')).toBeVisible()
    await narrowed.getByRole('link', { name: 'State' }).click()
    await expect(page).not.toHaveURL(/state=/u)
    await expect(page).toHaveURL(new RegExp(`caller=${caller.id}`, 'u'))
    await narrowed.getByRole('link', { name: 'Clear all' }).click()
    await expect(page).toHaveURL(/\/inbox\?view=all$/u)
  })

  test('that is odd or old shows a page all the same', async ({ page, product }) => {
    await signedIn(page, product)
    const odd = [
      'view=x&sort=x&cursor=x',
      'cursor=after.deadline.1.req_01KKV0AHSRQXN1VRVCC3AEQSTZ&view=closed',
      'cursor=before.newest.253402300799999.req_01KKV0AHSRQXN1VRVCC3AEQSTZ&view=all',
      'caller=%00&environment=%ED%A0%80&risk=none&q=%00',
    ]
    for (const query of odd) {
      expect((await page.goto(`/inbox?${query}`))?.status(), query).toBe(200)
      await expect(page.getByRole('heading', { name: 'Inbox', level: 1 })).toBeVisible()
    }
    const past = 'cursor=after.oldest.253402300799999.req_01KKV0AHSRQXN1VRVCC3AEQSTZ'
    await page.goto(`/inbox?view=all&sort=oldest&${past}`)
    await expect(page.getByRole('heading', { name: 'Nothing further' })).toBeVisible()
    await page.getByRole('link', { name: 'To the first page' }).click()
    await expect(page.locator('.inbox a.goal').first()).toBeVisible()
  })
})

test('pages lead on and back without script, and the filters are a form', async ({
  browser,
  page,
  product,
}) => {
  test.setTimeout(180_000)
  const { caller } = await signedIn(page, product)
  await Promise.all(Array.from({ length: 52 }, (_, at) => asked(caller, `Number ${at}`)))
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  })
  const bare = await plain.newPage()
  await bare.goto(`${product.url}/inbox?view=all&caller=${caller.id}`)
  const goals = bare.locator('.inbox a.goal')
  await expect(goals).toHaveCount(50)
  const first = await goals.allTextContents()
  await bare.getByRole('link', { name: 'Show more' }).click()
  await expect(goals).toHaveCount(2)
  await bare.getByRole('link', { name: 'Back' }).click()
  await expect(goals).toHaveText(first)
  await bare.getByLabel('Search requests').fill(`Number 51 of ${caller.name}`)
  await bare.getByLabel('Search requests').press('Enter')
  await expect(goals).toHaveText([`Number 51 of ${caller.name}`])
  await plain.close()
})

test('whoever comes back to the page is told what they missed', async ({ page, product }) => {
  const { caller } = await signedIn(page, product)
  await openInbox(page, caller)
  await look(page, 'hidden')
  await asked(caller, 'Meanwhile')
  await look(page, 'visible')
  await expect(rowOf(page, caller, 'Meanwhile')).toBeVisible()
})

/** As when somebody goes to another tab, and comes back. */
async function look(page: Page, visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, visibility)
}

test('what closes within the hour says so in a word, and counts down while the page is open', async ({
  page,
  product,
}) => {
  const { caller } = await signedIn(page, product)
  const [first = ''] = await asked(caller, 'First')
  const deadlineAt = new Date(Date.now() + 50_000)
  await product.runtime.db.request.update({ where: { id: first }, data: { deadlineAt } })
  await openInbox(page, caller)
  const due = rowOf(page, caller, 'First').locator('.due')
  await expect(due).toContainText('Soon')
  const before = await due.locator('b').textContent()
  await expect(due.locator('b')).not.toHaveText(before ?? '')
})

test.describe('what nobody looks after', () => {
  test('has a view of its own, with how long it has been silent, whom to ask and what to do', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    const goal = `Read the report of ${caller.name}`
    const { request_id, verdict } = await caller.ask({ goal, tools: ['config.read'] })
    expect(verdict).toBe('ALLOW')
    const createdAt = new Date(Date.now() - 26 * 60_000)
    await product.runtime.db.grant.update({ where: { requestId: request_id }, data: { createdAt } })
    await page.goto('/inbox')
    await page.getByRole('link', { name: /Released, never collected/u }).click()
    await expect(page).toHaveURL(/view=never_collected/u)
    const row = page.getByRole('row', { name: goal })
    await expect(row).toContainText('Not collected for 26 min')
    await expect(row).toContainText(`Ask ${caller.ownerName}.`)
    await expect(page.getByText('Nothing has run. Ask whoever owns the caller')).toBeVisible()
    await page.goto('/inbox?view=ready')
    await page.getByLabel('State').selectOption('Never collected')
    await expect(row).toBeVisible()
  })
})

test('every view and state of the inbox is accessible and fits 1280 and 360 px, in light and dark', async ({
  page,
  product,
}) => {
  test.setTimeout(180_000)
  const { caller } = await signedIn(page, product)
  await asked(caller, 'First', 'Second')
  const views = ['needs_me', 'mine', 'ready', 'closed', 'all', 'never_collected', 'never_reported']
  for (const view of views) {
    await page.goto(`/inbox?view=${view}`)
    await expect(page.getByRole('heading', { name: 'Inbox', level: 1 })).toBeVisible()
    await expectGood(page, { about: view })
  }
  await openInbox(page, caller, `&view=all&state=open&q=${caller.name}`)
  await expectGood(page, { about: 'narrowed' })
  // A phone offers no batches.
  const sizes = [WIDE]
  await rowOf(page, caller, 'First').getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Reject 1 request' }).click()
  const dialog = page.getByRole('dialog', { name: 'Reject 1 request' })
  await expect(dialog.getByRole('radio', { name: 'Wrong time' })).toBeVisible()
  await expectGood(page, { about: 'the dialog', sizes })
  await dialog.getByRole('radio', { name: 'Wrong time' }).check()
  await dialog.getByRole('button', { name: 'Reject 1 request, nothing will run' }).click()
  await expect(page.getByText('1 of 1 request rejected.')).toBeVisible()
  await expectGood(page, { about: 'the results', sizes })
})
