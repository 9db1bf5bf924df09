import { expect, type Page } from '@playwright/test'
import { attachPlan, ROLLBACK_PLAN } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { promised } from '../test/promised'
import { expectGood, expectToFit } from './accessible'
import { registerCaller } from './callers'
import { authenticator, type Product, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }
/** Pages of whoever is signed in, an inbox in which nothing is found, and an address that nothing is at. Those of admins and of the door have specs of their own. */
const PLACES = [
  '/inbox',
  '/inbox?q=nothing-has-this-name',
  '/policy',
  '/deliveries',
  '/people',
  '/groups',
  '/callers',
  '/webhooks',
  '/account',
  '/no-such-page',
] as const

async function signedIn(page: Page, product: Product) {
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  await signIn(page, product, mara)
  return { caller, mara }
}

async function openTicket(page: Page, requestId: string): Promise<void> {
  await page.goto(`/tickets/${requestId}`)
  await expect(page.locator('.live[data-live="true"]')).toBeAttached()
}

test.describe('every page', () => {
  test('is accessible and fits a screen of 1280 and of 360 px, in light and dark', async ({
    page,
    product,
  }) => {
    test.setTimeout(300_000)
    const { caller, mara } = await signedIn(page, product)
    const open = (await caller.ask()).request_id
    const withPlan = (await caller.ask()).request_id
    await attachPlan(product.runtime, withPlan, mara)
    const ended = (await caller.ask()).request_id
    await caller.agent.cancel(ended)
    const tickets = [`/tickets/${open}`, `/tickets/${withPlan}`, `/tickets/${ended}`]
    const signing = [`/sign/${withPlan}`, `/sign/${ended}`]
    for (const path of [...PLACES, ...tickets, ...signing]) {
      await page.goto(path)
      await expect(page.locator('main h1')).toBeVisible()
      await expectGood(page, { about: path })
    }
  })

  // 640 px is what a desk of 1280 px has left at twice the size (WCAG 2.2, 1.4.4), 320 px at four times (1.4.10).
  test('fits 640 and 320 px without scrolling sideways, where colours are forced too', async ({
    page,
    product,
  }) => {
    test.setTimeout(180_000)
    const { caller, mara } = await signedIn(page, product)
    const { request_id } = await caller.ask()
    await attachPlan(product.runtime, request_id, mara)
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
    for (const path of [...PLACES, `/tickets/${request_id}`, `/sign/${request_id}`]) {
      await page.goto(path)
      await expect(page.locator('main h1')).toBeVisible()
      for (const width of [640, 320]) {
        await page.setViewportSize({ width, height: 740 })
        await expectToFit(page, `${path} at ${width} px`)
      }
    }
    // What is filled with colour alone elsewhere is still a button here.
    const approve = page.getByRole('button', { name: 'Approve with passkey' })
    expect(await approve.evaluate((button) => getComputedStyle(button).borderTopStyle)).not.toBe(
      'none',
    )
  })

  test('asks nothing that its content security policy refuses, and is neither framed nor cached', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    const requestId = (await caller.ask()).request_id
    const refused: string[] = []
    page.on('console', (message) => {
      if (/Content.Security.Policy/iu.test(message.text())) refused.push(message.text())
    })
    const nonces = new Set<string>()
    const paths = ['/inbox', `/tickets/${requestId}`, `/sign/${requestId}`, '/policy', '/account']
    for (const path of paths) {
      const answer = await page.goto(path)
      await page.waitForLoadState('networkidle').catch(() => undefined)
      const headers = answer?.headers() ?? {}
      const policy = headers['content-security-policy'] ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers['cache-control']).toContain('no-store')
      nonces.add(/'nonce-([^']+)'/u.exec(policy)?.[1] ?? '')
    }
    expect(nonces.size).toBe(paths.length)
    expect(refused).toEqual([])
    const asset = await page.locator('link[rel="stylesheet"]').first().getAttribute('href')
    const cached = await page.request.get(asset ?? '')
    expect(cached.headers()['cache-control']).toContain('immutable')
  })

  test('that is read changes nothing, and one that is not there answers 404', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    const requestId = (await caller.ask()).request_id
    const before = await product.runtime.db.event.count()
    for (const path of ['/inbox', `/tickets/${requestId}`, `/sign/${requestId}`, '/policy']) {
      expect((await page.goto(path))?.status()).toBe(200)
    }
    expect(await product.runtime.db.event.count()).toBe(before)
    for (const path of ['/tickets/req_01KKV0AHSRQXN1VRVCC3AEQSTZ', '/tickets/x', '/sign/x', '/x']) {
      expect((await page.goto(path))?.status()).toBe(404)
      await expect(page.getByText('No such page, or not one you may see')).toBeVisible()
    }
  })

  test('is for who is signed in: others are led to sign in and come back', async ({
    page,
    product,
  }) => {
    const caller = await registerCaller(product)
    const requestId = (await caller.ask()).request_id
    for (const path of ['/inbox', '/policy', `/tickets/${requestId}`]) {
      const answer = await page.request.get(path, { maxRedirects: 0 })
      expect(answer.status()).toBe(307)
      expect(answer.headers()['location']).toBe(`/sign-in?from=${encodeURIComponent(path)}`)
    }
    // The signing page may be opened by a link's secret, which the server never hears of: the browser asks, then leaves.
    const answer = await page.request.get(`/sign/${requestId}`)
    expect(await answer.text()).not.toContain(caller.name)
    await page.goto(`/sign/${requestId}`)
    await expect(page).toHaveURL(
      `${product.url}/sign-in?from=${encodeURIComponent(`/sign/${requestId}`)}`,
    )
    expect((await page.request.get('/api/events')).status()).toBe(401)
  })
})

test.describe('the inbox', () => {
  test('shows what needs me first, searches, and keeps the search in the address', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await signedIn(page, product)
    const goal = `Deploy release ${caller.name} to production`
    const { request_id } = await caller.ask({ ...SEED_CONTRACT, goal })
    await page.goto(`/inbox?caller=${caller.id}`)
    const needsMe = page.locator('section', {
      has: page.getByRole('heading', { name: 'Needs me' }),
    })
    await expect(needsMe.getByRole('link', { name: goal })).toBeVisible()
    await page.getByLabel('Search requests').fill(`${caller.name} to`)
    await page.getByLabel('Search requests').press('Enter')
    await expect(page).toHaveURL(/view=today&q=/u)
    await expect(page.locator('.inbox a.goal')).toHaveText([goal])
    await page.goto(`/inbox?q=${request_id}`)
    await expect(page.locator('.inbox a.goal')).toHaveText([goal])
    await page.goto('/inbox?q=100%25_of_nothing')
    await expect(page.getByText('No request matches “100%_of_nothing”')).toBeVisible()
    await product.runtime.db.groupMember.deleteMany({ where: { personId: mara.id } })
    await page.goto(`/inbox?q=${request_id}`)
    await expect(page.getByRole('heading', { name: 'Waiting for others' })).toBeVisible()
  })

  test('is worked by keys: j and k move, Enter opens, / searches, ? helps, and none votes', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    const goals = ['first', 'second'].map((word) => `Deploy the ${word} of ${caller.name}`)
    for (const goal of goals) await caller.ask({ ...SEED_CONTRACT, goal })
    await page.goto(`/inbox?q=${encodeURIComponent(caller.name)}`)
    await expect(page.locator('.live[data-live="true"]')).toBeVisible()
    const rows = page.locator('.inbox a.goal')
    await page.keyboard.press('j')
    await expect(rows.nth(0)).toBeFocused()
    await page.keyboard.press('j')
    await expect(rows.nth(1)).toBeFocused()
    await page.keyboard.press('k')
    await expect(rows.nth(0)).toBeFocused()
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await expect(page.getByLabel('Search requests')).toBeFocused()
    await page.keyboard.type('j')
    await expect(page.getByLabel('Search requests')).toHaveValue('j')
    await rows.nth(0).focus()
    for (const key of ['a', 'y', 'r', 'Delete']) await page.keyboard.press(key)
    const before = await caller.agent.get(await idOf(page, 0))
    expect(before.state).toBe('open')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/tickets\/req_/u)
  })

  test('gains a request within two seconds of its being sent', async ({ page, product }) => {
    const { caller } = await signedIn(page, product)
    await page.goto(`/inbox?caller=${caller.id}`)
    await expect(page.locator('.live[data-live="true"]')).toBeVisible()
    const goal = `Deploy ${caller.name} live`
    await caller.ask({ ...SEED_CONTRACT, goal })
    await expect(page.getByRole('link', { name: goal })).toBeVisible({ timeout: promised(2_000) })
  })
})

test.describe('on a ticket', () => {
  test('an incomplete plan is refused field by field, and what was typed stays', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    await openTicket(page, (await caller.ask()).request_id)
    const steps = page.getByLabel('Steps, one a line')
    await steps.fill('Point the router back')
    await page.getByLabel('Time it takes').fill('a while')
    await page.getByRole('button', { name: 'Attach rollback plan' }).click()
    await expect(page.getByText('Choose who carries it out.')).toBeVisible()
    await expect(page.getByText('A whole number of minutes, 1 to 10,080.')).toBeVisible()
    await expect(page.getByText('Say whether these steps were run before.')).toBeVisible()
    await expect(page.getByLabel('Who carries it out')).toBeFocused()
    await expect(steps).toHaveValue('Point the router back')
    await expect(page.getByLabel('Time it takes')).toHaveValue('a while')
  })

  test('a backup is attached by the form that the checklist leads to', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await signedIn(page, product)
    const goal = 'Delete 12,480 customer rows, inactive since 2023'
    const tools = ['database.rows.delete']
    const { request_id } = await caller.ask({ goal, tools, arguments: { [tools[0] ?? '']: {} } })
    await openTicket(page, request_id)
    await page.getByRole('link', { name: 'Attach it below' }).click()
    await page.getByRole('button', { name: 'Attach backup' }).click()
    await expect(page.getByText('Choose the day and the time.')).toBeVisible()
    await page.getByLabel('Where it is').fill('s3://backups/customers')
    await page.getByLabel('When it was taken').fill('2026-03-14T09:30')
    await page.getByRole('radio', { name: 'Yes' }).check()
    await page.getByRole('button', { name: 'Attach backup' }).click()
    await expect(page.getByText('s3://backups/customers')).toBeVisible()
    await expect(page.locator('#record').getByText(`${mara.name} attached a backup`)).toBeVisible()
  })

  test('a plan is rejected with a reason by an approver, or taken back by its author', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await signedIn(page, product)
    const aiko = await product.person('Aiko Mori', RELEASE_MANAGER)
    const { request_id } = await caller.ask()
    await attachPlan(product.runtime, request_id, aiko)
    await openTicket(page, request_id)
    await page.getByRole('button', { name: 'Reject the rollback plan' }).click()
    const dialog = page.getByRole('dialog', { name: 'Reject the rollback plan?' })
    await dialog.getByRole('button', { name: 'Reject the rollback plan' }).click()
    await expect(dialog.getByText('Write a reason')).toBeVisible()
    await dialog.getByLabel('Reason, told to the author').fill('The steps are of last year.')
    await dialog.getByRole('button', { name: 'Reject the rollback plan' }).click()
    await expect(page.getByText('“The steps are of last year.”')).toBeVisible()
    await expect(page.getByLabel('Steps, one a line')).toBeVisible()

    await attachPlan(product.runtime, request_id, mara)
    await page.getByRole('button', { name: 'Withdraw the rollback plan' }).click()
    const withdraw = page.getByRole('dialog', { name: 'Withdraw the rollback plan?' })
    await withdraw.getByRole('button', { name: 'Withdraw the rollback plan' }).click()
    await expect(page.locator('#record').getByText(`${mara.name} withdrew evidence`)).toBeVisible()
  })

  test('a grant is revoked before it ran, and its token is worth nothing then', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await signedIn(page, product)
    await (await authenticator(page, product)).hold(mara.passkey)
    const { request_id } = await caller.ask()
    await attachPlan(product.runtime, request_id, mara)
    await openTicket(page, request_id)
    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.locator('.masthead .state.ready')).toBeVisible()
    const { token } = await caller.runtime.collect(request_id)
    await expect(page.getByText('A collected token stops working at once')).toBeVisible()
    await page.getByRole('button', { name: 'Revoke grant' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke this grant?' })
    await dialog.getByLabel('Reason, kept in the record').fill('Checkout incident, INC-88')
    await dialog.getByRole('button', { name: 'Revoke grant' }).click()
    await expect(page.locator('.masthead .state.revoked')).toBeVisible()
    await expect(page.locator('.held')).toContainText('Nothing ran.')
    await expect(caller.runtime.redeem({ token })).rejects.toMatchObject({ code: 'grant_revoked' })
  })

  test('a vote is withdrawn while the ticket is open, and the request cancelled by its owner', async ({
    page,
    product,
    browser,
  }) => {
    const { caller, mara } = await signedIn(page, product)
    const { request_id } = await caller.ask()
    await openTicket(page, request_id)
    await page.getByRole('button', { name: 'Use a code' }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve with a code' })
    await dialog
      .getByLabel('Code from your authenticator')
      .pressSequentially(await product.code(mara.id))
    await dialog.getByRole('button', { name: 'Approve with code' }).click()
    await expect(page.getByText('You approved this at')).toBeVisible()
    await page.getByRole('button', { name: 'Withdraw my vote' }).click()
    await expect(page.getByText('Your vote is withdrawn.')).toBeVisible()
    await expect(page.locator('.sig.void .name')).toHaveText(mara.name)

    const owner = await (await browser.newContext()).newPage()
    await signIn(owner, product, { id: caller.ownerId, name: caller.ownerName })
    await openTicket(owner, request_id)
    await owner.getByRole('button', { name: 'Cancel request' }).click()
    const cancel = owner.getByRole('dialog', { name: 'Cancel this request?' })
    await cancel.getByRole('button', { name: 'Cancel request' }).click()
    await expect(owner.locator('.masthead .state.cancelled')).toBeVisible()
    await expect(page.locator('.masthead .state.cancelled')).toBeVisible({
      timeout: promised(2_000),
    })
    expect((await caller.agent.get(request_id)).state).toBe('cancelled')
    await owner.context().close()
  })

  test('what a caller sends never passes for the page: hidden characters are shown, nothing runs', async ({
    page,
    product,
  }) => {
    const { caller } = await signedIn(page, product)
    const goal = 'Deploy \u202egnp.exe <script>alert(1)</script> <!channel> \u200b*bold*'
    const { request_id } = await caller.ask({ ...SEED_CONTRACT, goal })
    await openTicket(page, request_id)
    await expect(page.locator('h1.act')).toContainText('\\u202e')
    await expect(page.locator('h1.act')).toContainText('<script>alert(1)</script>')
    const bytes = await page.locator('.parallel td:first-child').allTextContents()
    const row = await product.runtime.db.request.findUniqueOrThrow({ where: { id: request_id } })
    expect(revealed(bytes.join(''))).toBe(revealed(row.hashed))
  })
})

/** Escapes as the page shows them. */
function revealed(text: string): string {
  return text.replaceAll('\u202e', '\\u202e').replaceAll('\u200b', '\\u200b')
}

async function idOf(page: Page, row: number): Promise<string> {
  const href = await page.locator('.inbox a.goal').nth(row).getAttribute('href')
  return href?.split('/').at(-1) ?? ''
}

test('the plan on file is shown whole to whoever signs it', async ({ page, product }) => {
  const { caller, mara } = await signedIn(page, product)
  const { request_id } = await caller.ask()
  await attachPlan(product.runtime, request_id, mara)
  for (const path of [`/tickets/${request_id}`, `/sign/${request_id}`]) {
    await page.goto(path)
    for (const step of ROLLBACK_PLAN.steps) {
      await expect(page.getByText(step)).toBeAttached()
    }
    await expect(page.getByText(ROLLBACK_PLAN.previous_version, { exact: true })).toBeAttached()
  }
})
