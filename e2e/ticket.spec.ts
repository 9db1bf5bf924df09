import { expect, type Page } from '@playwright/test'
import { reevaluate } from '../lib/commands/request/reevaluate'
import { must } from '../scripts/lib/demo-people'
import { approveWithPasskey, attachPlan } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { expectAccessible, expectGood } from './accessible'
import { registerCaller, type TestCaller } from './callers'
import { authenticator, type Product, ready, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }

async function approverAt(page: Page, product: Product) {
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  await signIn(page, product, mara)
  return { caller, mara }
}

/** Opens a ticket that hears of nothing, so that it stays as it was read. */
async function openDeaf(page: Page, path: string): Promise<void> {
  await page.route('**/api/events?*', (route) => route.abort())
  await page.goto(path)
  await ready(page)
}

async function released(
  product: Product,
  caller: TestCaller,
  voter: Awaited<ReturnType<Product['person']>>,
): Promise<string> {
  const { request_id: requestId } = await caller.ask()
  await attachPlan(product.runtime, requestId, voter)
  await approveWithPasskey(product.runtime, requestId, voter)
  must(await reevaluate(product.runtime, { requestId, cause: 'test' }))
  expect((await caller.agent.get(requestId)).state).toBe('released')
  return requestId
}

async function redeemed(caller: TestCaller, requestId: string): Promise<void> {
  const { token } = await caller.runtime.collect(requestId)
  const { claims } = await caller.runtime.verifyToken(token)
  const redemption = { token, acknowledged_obligations: claims.obligations }
  await caller.runtime.redeem({ ...redemption, nonce: crypto.randomUUID() })
}

async function superseded(caller: TestCaller): Promise<{ old: string; fresh: string }> {
  const { request_id: old } = await caller.ask()
  const contract = { ...SEED_CONTRACT, goal: 'Deploy release 2026.03.15 to production' }
  const { request_id: fresh } = await caller.agent.request(contract as never, { supersedes: old })
  return { old, fresh }
}

/** The hashed bytes as the page draws them: the left cells, joined. */
function shownBytes(page: Page): Promise<string> {
  return page
    .locator('#contract .parallel td:first-child code')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent).join(''))
}

test.describe('a ticket as a document', () => {
  test('shows exactly the bytes that were hashed, on the screen and on paper', async ({
    page,
    product,
  }) => {
    const { caller } = await approverAt(page, product)
    const contract = { ...SEED_CONTRACT, goal: 'Deploy "1.2" \\ ü 😀 to production' }
    const { request_id: id } = await caller.ask(contract)
    const { hashed } = await product.runtime.db.request.findUniqueOrThrow({ where: { id } })
    await openDeaf(page, `/tickets/${id}`)
    expect(await shownBytes(page)).toBe(hashed)
    await page.emulateMedia({ media: 'print' })
    await expect(page.locator('#contract .parallel')).toBeVisible()
    expect(await shownBytes(page)).toBe(hashed)
  })

  test('shows what a newer request changes, and both lead to each other', async ({
    page,
    product,
  }) => {
    const { caller } = await approverAt(page, product)
    const { old, fresh } = await superseded(caller)
    await openDeaf(page, `/tickets/${fresh}`)
    const changes = page.getByRole('region', { name: 'What it changes' })
    await expect(changes.locator('.diff del')).toHaveText('4')
    await expect(changes.locator('.diff ins')).toHaveText('5')
    await expect(changes.locator('.diff tr.new')).toContainText('2026.03.15')
    await changes.getByRole('link', { name: old }).click()
    await expect(page).toHaveURL(new RegExp(`${old}$`))
    const successor = page.getByRole('region', { name: 'What took its place' })
    await expect(successor.locator('.diff ins')).toHaveText('5')
    await successor.getByRole('link', { name: fresh }).click()
    await expect(page).toHaveURL(new RegExp(`${fresh}$`))
  })

  test('says that nothing differs where the same was asked again', async ({ page, product }) => {
    const { caller } = await approverAt(page, product)
    const { request_id: old } = await caller.ask()
    const again = await caller.agent.request(SEED_CONTRACT as never, { supersedes: old })
    await openDeaf(page, `/tickets/${again.request_id}`)
    await expect(page.getByText('Nothing differs.')).toBeVisible()
  })

  test('keeps its shape after hundreds of evaluations, and shows them when asked', async ({
    page,
    product,
  }) => {
    const { caller } = await approverAt(page, product)
    const { request_id: requestId } = await caller.ask()
    const { db } = product.runtime
    const first = await db.decision.findFirstOrThrow({ where: { requestId } })
    const many = Array.from({ length: 300 }, (_, at) => ({
      ...first,
      issues: first.issues ?? [],
      requirements: first.requirements ?? [],
      ordinal: at + 2,
    }))
    await db.decision.createMany({ data: many })
    await openDeaf(page, `/tickets/${requestId}`)
    const decisions = page.getByRole('region', { name: 'Decisions' })
    await expect(decisions.locator('li[id]:visible')).toHaveCount(3)
    await expect(decisions.locator('li[id]')).toHaveCount(20)
    // A link to a folded one opens the fold.
    await openDeaf(page, `/tickets/${requestId}?place=folded#decision-285`)
    await expect(page.locator('#decision-285')).toBeInViewport()
    await decisions.getByRole('link', { name: 'Show all 301' }).click()
    await expect(decisions.locator('li[id]')).toHaveCount(301)
  })
})

test.describe('the grant on a ticket', () => {
  test('tells what redeem checked again, and that a late revoke came too late', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await approverAt(page, product)
    const requestId = await released(product, caller, mara)
    await openDeaf(page, `/tickets/${requestId}`)
    await page.getByRole('button', { name: 'Revoke grant' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke this grant?' })
    await expect(dialog).toContainText('nothing runs, and the caller has to ask again')
    await redeemed(caller, requestId)
    await dialog.getByRole('button', { name: 'Revoke grant' }).click()
    await expect(
      page.getByText('The token was already redeemed. It cannot be taken back.'),
    ).toBeVisible()
    await expect(page.getByRole('button', { name: 'Revoke grant' })).toHaveCount(0)
    const checks = page.getByRole('table', { name: 'Checked again at redeem, in one transaction' })
    await expect(checks.getByRole('row', { name: /Voters Mara Lindqvist.*Eligible/ })).toBeVisible()
    await expect(checks.getByRole('row', { name: /Arguments None bound.*Equal/ })).toBeVisible()
    expect((await caller.agent.get(requestId)).state).toBe('released')
  })

  test('can be revoked with a reason, which the ticket then tells', async ({ page, product }) => {
    const { caller, mara } = await approverAt(page, product)
    const requestId = await released(product, caller, mara)
    await openDeaf(page, `/tickets/${requestId}`)
    await page.getByRole('button', { name: 'Revoke grant' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke this grant?' })
    await dialog.getByLabel('Reason, kept in the record').fill('INC-7 is open')
    await dialog.getByRole('button', { name: 'Revoke grant' }).click()
    await expect(page.getByText('Grant revoked. Nothing ran and nothing can.')).toBeVisible()
    await expect(page.locator('#grant')).toContainText('Revoked by Mara Lindqvist: “INC-7 is open”')
  })
})

test.describe('a link to a place on a ticket', () => {
  test('survives signing in with a passkey, and marks the place', async ({ page, product }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const { request_id: requestId } = await caller.ask()
    await (await authenticator(page, product)).hold(mara.passkey)
    await page.goto(`/tickets/${requestId}#record`)
    await ready(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page).toHaveURL(new RegExp(`/tickets/${requestId}#record$`))
    await expect(page.locator('#record:target')).toBeInViewport()
  })

  test('survives signing in by a one-time link in another tab, to the very entry', async ({
    page,
    product,
    context,
  }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const { request_id: requestId } = await caller.ask()
    const stream = `request:${requestId}`
    const last = await product.runtime.db.event.findFirstOrThrow({
      where: { stream },
      orderBy: { ordinal: 'desc' },
    })
    await page.goto(`/tickets/${requestId}#entry-${last.seq}`)
    await ready(page)
    const other = await context.newPage()
    await other.goto(await product.link(mara.id))
    await other.getByRole('button', { name: `Sign in as ${mara.name}` }).click()
    await expect(other).toHaveURL(new RegExp(`/tickets/${requestId}#entry-${last.seq}$`))
    await expect(other.locator(`#entry-${last.seq}:target`)).toBeInViewport()
  })

  test('is copied by keyboard', async ({ page, product, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { caller } = await approverAt(page, product)
    const { request_id: requestId } = await caller.ask()
    await openDeaf(page, `/tickets/${requestId}`)
    await page.getByRole('link', { name: 'Link to the record' }).press('Enter')
    await expect(page.getByText('Link copied')).toBeVisible()
    const link = `${product.url}/tickets/${requestId}#record`
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
    await expect(page).toHaveURL(link)
  })
})

test.describe('the approval record', () => {
  test('on paper has everything and no controls', async ({ page, product }) => {
    const { caller, mara } = await approverAt(page, product)
    const requestId = await released(product, caller, mara)
    await redeemed(caller, requestId)
    await openDeaf(page, `/tickets/${requestId}`)
    await expect(page.locator('.record-head')).toBeHidden()
    await page.emulateMedia({ media: 'print' })
    const head = page.locator('.record-head')
    await expect(head).toContainText('Approval record')
    await expect(head).toContainText(requestId)
    await expect(head).toContainText(/by Mara Lindqvist.*Every time is in/)
    await expect(page.locator('.proofs')).toContainText('verifies offline')
    for (const part of ['#grant', '#signatures', '#contract', '#decisions', '#record']) {
      await expect(page.locator(part)).toBeVisible()
    }
    await expect(page.locator('#record .seq').first()).toBeVisible()
    for (const control of ['.btn', '.nav', '.permalink', '.votebar', '.acts']) {
      await expect(page.locator(`${control}:visible`)).toHaveCount(0)
    }
    const folded = page.locator('details:not([open]) .decisions > li')
    for (const one of await folded.all()) await expect(one).toBeVisible()
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await expect(head).toContainText(/printed \w{3} \d+ \w{3} \d{4}/)
  })
})

test.describe('every state of a ticket', () => {
  test('is accessible and fits a screen of 1280 and of 360 px, in light, dark and print', async ({
    page,
    product,
  }) => {
    test.setTimeout(240_000)
    const { caller, mara } = await approverAt(page, product)
    const { old, fresh } = await superseded(caller)
    const ran = await released(product, caller, mara)
    await redeemed(caller, ran)
    for (const id of [old, fresh, ran]) {
      await openDeaf(page, `/tickets/${id}#record`)
      await expectGood(page, { about: id })
      await page.emulateMedia({ media: 'print' })
      await expectAccessible(page, `${id}, print`)
      await page.emulateMedia({ media: 'screen' })
    }
  })
})
