import { expect } from '@playwright/test'
import { attachPlan } from '../scripts/lib/demo-votes'
import { registerCaller } from './callers'
import { ready, signIn, test } from './fixtures'

test.describe('a record of more entries than are told at once', () => {
  test('shows the older ones without script, and a link to one of them opens it', async ({
    page,
    product,
    browser,
  }) => {
    test.setTimeout(120_000)
    const caller = await registerCaller(product)
    const mara = await product.person('Mara Lindqvist', { groups: ['release_managers'] })
    await signIn(page, product, mara)
    const { request_id: requestId } = await caller.ask()
    for (let i = 0; i < 30; i += 1) await attachPlan(product.runtime, requestId, mara)
    const where = { stream: `request:${requestId}` }
    const first = await product.runtime.db.event.findFirstOrThrow({
      where,
      orderBy: { ordinal: 'asc' },
    })
    // It hears of nothing, so that it stays as it was read.
    await page.route('**/api/events?*', (route) => route.abort())
    await page.goto(`/tickets/${requestId}`)
    await ready(page)
    await expect(page.locator('#record .record > li')).toHaveCount(30)
    await page.goto(`/tickets/${requestId}#entry-${first.seq}`)
    await expect(page).toHaveURL(
      new RegExp(`/tickets/${requestId}\\?record=all#entry-${first.seq}$`),
    )
    await expect(page.locator(`#entry-${first.seq}:target`)).toBeInViewport()

    const bare = await browser.newContext({
      javaScriptEnabled: false,
      baseURL: product.url,
      storageState: await page.context().storageState(),
    })
    const still = await bare.newPage()
    await still.goto(`/tickets/${requestId}`)
    await still.getByRole('link', { name: /^Show \d+ older entr/ }).click()
    await expect(still.locator(`#entry-${first.seq}`)).toBeVisible()
    await bare.close()
  })
})
