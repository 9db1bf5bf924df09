import { expect, type Page } from '@playwright/test'
import { attachPlan } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { AlreadyRedeemedError } from '../sdk/index'
import { promised } from '../test/promised'
import { registerCaller, type TestCaller } from './callers'
import { authenticator, type Product, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }

/** Fills the form on a ticket's page as a release manager does. */
async function fillPlan(page: Page, owner: string): Promise<void> {
  await page.getByLabel('Steps, one a line').fill('Drain eu-west\nPoint the router back')
  await page.getByLabel('Who carries it out').selectOption({ label: owner })
  await page.getByLabel('Time it takes, in minutes').fill('12')
  await page.getByLabel('Version to go back to').fill('2026.03.07')
  const runBefore = page.getByRole('group', { name: 'Were these steps run before?' })
  await runBefore.getByRole('radio', { name: 'Yes' }).check()
}

/** The page hears of changes, so its scripts run. */
async function untilLive(page: Page): Promise<void> {
  await expect(page.locator('.live[data-live="true"]')).toHaveText('Live')
}

async function openTicket(page: Page, requestId: string): Promise<void> {
  await page.goto(`/tickets/${requestId}`)
  await untilLive(page)
}

/** The runtime's side after the release: collects, redeems once, is refused a second time, reports. */
async function runOnce(caller: TestCaller, requestId: string): Promise<void> {
  const { token } = await caller.runtime.collect(requestId)
  const { claims } = await caller.runtime.verifyToken(token)
  const redemption = { token, acknowledged_obligations: claims.obligations }
  const first = await caller.runtime.redeem({ ...redemption, nonce: crypto.randomUUID() })
  expect(first.ok).toBe(true)
  await expect(
    caller.runtime.redeem({ ...redemption, nonce: crypto.randomUUID() }),
  ).rejects.toBeInstanceOf(AlreadyRedeemedError)
  await caller.runtime.report(requestId, 'succeeded')
}

test.describe('the main loop', () => {
  test("the seed's contract is held, worked on in a browser, released by passkey, run once and recorded", async ({
    page,
    product,
    request,
  }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const answer = await request.post('/v1/requests', {
      headers: { authorization: `Bearer ${caller.agentKey}` },
      data: SEED_CONTRACT,
    })
    expect(answer.status()).toBe(202)
    const held = await answer.json()
    expect(held.verdict).toBe('DEFER')
    const requestId: string = held.request_id
    const released = caller.runtime.waitFor(requestId, { timeoutMs: 50_000 })

    await (await authenticator(page, product)).hold(mara.passkey)
    await signIn(page, product, mara)
    await page.goto(`/inbox?caller=${caller.id}`)
    await page
      .getByRole('row', { name: new RegExp(caller.name) })
      .getByRole('link', { name: SEED_CONTRACT.goal })
      .click()
    await untilLive(page)
    await expect(page.getByText('no release manager has approved it')).toBeVisible()
    await fillPlan(page, mara.name)
    await page.getByRole('button', { name: 'Attach rollback plan' }).click()
    await expect(page.getByRole('heading', { name: 'Rollback plan' })).toBeVisible()
    await expect(page.getByText('Point the router back')).toBeVisible()
    await page.getByRole('button', { name: 'Approve with passkey' }).click()

    expect((await released).state).toBe('released')
    await expect(page.locator('.masthead .state.released')).toBeVisible()
    await expect(page.locator('.sig .name')).toHaveText(mara.name)
    await expect(
      page.locator('#record').getByText(`${mara.name} approved with a passkey`),
    ).toBeVisible()
    await runOnce(caller, requestId)
    await expect(page.getByText('Reported: succeeded', { exact: true })).toBeVisible()
    await expect(page.getByText('deploy-runner redeemed the grant')).toBeVisible()
  })

  test('a code from an authenticator releases it as well, where policy takes codes', async ({
    page,
    product,
  }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const held = await caller.ask()
    const released = caller.runtime.waitFor(held.request_id, { timeoutMs: 50_000 })
    await signIn(page, product, mara)
    await openTicket(page, held.request_id)
    await fillPlan(page, mara.name)
    await page.getByRole('button', { name: 'Attach rollback plan' }).click()
    await expect(page.getByText('Point the router back')).toBeVisible()

    await page.getByRole('button', { name: 'Use a code' }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve with a code' })
    const code = dialog.getByLabel('Code from your authenticator')
    await code.fill('000000')
    await dialog.getByRole('button', { name: 'Approve with code' }).click()
    await expect(dialog.getByText('That code was wrong, too old or used before')).toBeVisible()
    await code.fill(await product.code(mara.id))
    await dialog.getByRole('button', { name: 'Approve with code' }).click()
    await expect(dialog).toBeHidden()
    expect((await released).state).toBe('released')
    await expect(
      page.locator('#record').getByText(`${mara.name} approved with a code`),
    ).toBeVisible()
    await runOnce(caller, held.request_id)
    await expect(page.getByText('Reported: succeeded', { exact: true })).toBeVisible()
  })

  test('who signs before the plan is there is asked to confirm it, and only that releases', async ({
    page,
    product,
  }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const aiko = await product.person('Aiko Mori', RELEASE_MANAGER)
    const held = await caller.ask()
    await (await authenticator(page, product)).hold(mara.passkey)
    await signIn(page, product, mara)
    await openTicket(page, held.request_id)
    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.getByText('You approved this at')).toBeVisible()

    await attachPlan(product.runtime, held.request_id, aiko)
    await expect(page.getByText('This changed while you were reading.')).toBeVisible()
    await expect(page.getByRole('button', { name: /with passkey/ })).toHaveCount(0)
    expect((await caller.agent.get(held.request_id)).state).toBe('open')
    await page.getByRole('button', { name: 'Read it again' }).click()
    await expect(page.getByText('You sign these new words')).toBeVisible()
    await page.getByRole('button', { name: 'Confirm with passkey' }).click()
    await expect(page.locator('.masthead .state.released')).toBeVisible()
    expect((await caller.agent.get(held.request_id)).state).toBe('released')
  })
})

test.describe('two people at one ticket', () => {
  test('see what the other did within two seconds, and keep what they were typing', async ({
    page,
    product,
    browser,
  }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const tomas = await product.person('Tomás Rey', RELEASE_MANAGER)
    const held = await caller.ask()
    await signIn(page, product, mara)
    await openTicket(page, held.request_id)
    await fillPlan(page, mara.name)
    const other = await (await browser.newContext()).newPage()
    await signIn(other, product, tomas)
    await other.goto(`/inbox?caller=${caller.id}`)
    await untilLive(other)
    const row = other.getByRole('row', { name: new RegExp(caller.name) })
    await expect(row.getByText('Your approval')).toBeVisible()
    await openTicket(other, held.request_id)

    await (await authenticator(other, product)).hold(tomas.passkey)
    await other.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.locator('.sig .name')).toHaveText(tomas.name, { timeout: promised(2_000) })
    await expect(page.getByLabel('Version to go back to')).toHaveValue('2026.03.07')
    await expect(page.getByLabel('Steps, one a line')).toHaveValue(/router back/)

    await page.getByRole('button', { name: 'Attach rollback plan' }).click()
    await expect(other.getByText('Point the router back')).toBeVisible({ timeout: promised(2_000) })
    await other.context().close()
  })

  test('the loser of a race is told who was first, and that nothing was counted', async ({
    page,
    product,
    browser,
  }) => {
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const tomas = await product.person('Tomás Rey', RELEASE_MANAGER)
    const held = await caller.ask()
    await signIn(page, product, mara)
    await openTicket(page, held.request_id)
    // This page hears nothing more, as one whose connection was just lost.
    await page.route('**/api/events**', (route) => route.abort())
    await page.reload()
    await page.getByRole('button', { name: 'Use a code' }).click()
    const other = await (await browser.newContext()).newPage()
    await signIn(other, product, tomas)
    await openTicket(other, held.request_id)
    await other.getByRole('button', { name: 'Reject' }).click()
    const reject = other.getByRole('dialog', { name: 'Reject this request' })
    await reject.getByRole('button', { name: 'Reject, nothing will run' }).click()
    await expect(reject.getByText('Choose one.')).toBeVisible()
    await reject.getByLabel('Wrong time').check()
    await reject.getByLabel('Anything to add').fill('Payroll runs until 14:00')
    await reject.getByRole('button', { name: 'Reject, nothing will run' }).click()
    await expect(other.locator('.masthead .state.rejected')).toBeVisible()

    const dialog = page.getByRole('dialog', { name: 'Approve with a code' })
    await dialog.getByLabel('Code from your authenticator').fill(await product.code(mara.id))
    await dialog.getByRole('button', { name: 'Approve with code' }).click()
    await expect(page.getByText(`${tomas.name} rejected it first.`)).toBeVisible()
    await expect(page.getByText('Your vote was not counted.')).toBeVisible()
    const ended = await caller.agent.get(held.request_id)
    expect(ended).toMatchObject({ state: 'rejected', closed: { reason: 'not_now' } })
    await other.context().close()
  })
})

test.describe('what is signed is what was seen', () => {
  test('a ticket that changed behind a page takes no vote from it, and says why', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await approverAt(page, product)
    const held = await caller.ask()
    await attachPlan(product.runtime, held.request_id, mara)
    // The page hears of no change, so that what it shows is old by the time of the click: the worker that evaluates
    // the plan would have it read itself again at any moment.
    await page.route('**/api/events?*', (route) => route.abort())
    await page.goto(`/tickets/${held.request_id}`)
    await expect(page.locator('.live[data-live="false"]')).toBeAttached()
    const words = await page.locator('.votebar .words').textContent()
    // Somebody more stands behind it when the click comes.
    const { id: ownerId } = await product.newcomer('Ines Carvalho')
    await product.runtime.db.caller.update({ where: { id: caller.id }, data: { ownerId } })
    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.getByText('The request changed while you read it.')).toBeVisible()
    await expect(page.getByText('Your vote was not counted.')).toBeVisible()
    await expect(page.getByRole('button', { name: /with passkey/ })).toHaveCount(0)
    await page.getByRole('button', { name: 'Read it again' }).click()
    await expect(page.locator('.votebar .words')).not.toHaveText(words ?? '')
    expect((await caller.agent.get(held.request_id)).state).toBe('open')
  })

  test('nobody behind a request can vote on it, and the page names who can', async ({
    page,
    product,
  }) => {
    const caller = await registerCaller(product)
    await product.person('Mara Lindqvist', RELEASE_MANAGER)
    const held = await caller.ask()
    await signIn(page, product, { id: caller.ownerId, name: caller.ownerName })
    await openTicket(page, held.request_id)
    await expect(page.getByText(`You own ${caller.name}, which asked for it.`)).toBeVisible()
    await expect(page.getByRole('button', { name: /Approve|Reject/ })).toHaveCount(0)
    await page.goto(`/sign/${held.request_id}`)
    await expect(page.getByRole('heading', { name: 'You cannot vote on this one' })).toBeVisible()
  })

  test('the signing page approves with one passkey ceremony, and shows the signature', async ({
    page,
    product,
  }) => {
    const { caller, mara } = await approverAt(page, product)
    const held = await caller.ask()
    await page.goto(`/sign/${held.request_id}`)
    await expect(page.locator('.live[data-live="true"]')).toBeAttached()
    await expect(page.getByText(`You sign as ${mara.name}.`)).toBeVisible()
    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Signed, still held' })).toBeVisible()
    await expect(page.locator('.sig .name')).toHaveText(mara.name)
  })
})

async function approverAt(page: Page, product: Product) {
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  await (await authenticator(page, product)).hold(mara.passkey)
  await signIn(page, product, mara)
  return { caller, mara }
}
