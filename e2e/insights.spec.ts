import { expect } from '@playwright/test'
import { expectGood } from './accessible'
import { registerCaller } from './callers'
import { ready, signIn, test } from './fixtures'

const FEWEST = 5

test('insights are read by an auditor, over days of their choice, and saved as a file; others are told whose they are', async ({
  page,
  product,
}) => {
  test.setTimeout(120_000)
  const caller = await registerCaller(product)
  for (let count = 0; count < FEWEST; count += 1) {
    await caller.agent.cancel((await caller.ask()).request_id)
  }
  const auditor = await product.person('Livia Brandt', { roles: ['auditor'] })
  await signIn(page, product, auditor)
  await page.goto('/insights')
  await expect(page.locator('main h1')).toHaveText('Insights')
  await expectGood(page, { about: 'insights' })
  await page.getByRole('link', { name: '90 days' }).click()
  await expect(page).toHaveURL(/\/insights\?days=90$/)
  await expect(page.getByRole('link', { name: '90 days' })).toHaveAttribute('aria-current', 'page')
  const endings = page.getByRole('table', { name: 'How tickets ended' })
  await expect(endings.getByRole('row', { name: /^Cancelled \d/ })).toBeVisible()
  const rows = endings.locator('tbody tr')
  for (let at = 0; at < (await rows.count()); at += 1) {
    const cell = (await rows.nth(at).locator('td').last().textContent()) ?? ''
    const told = Number(/([\d.]+)\s%/.exec(cell)?.[1])
    const drawn = await rows
      .nth(at)
      .locator('svg')
      .evaluate((bar) => {
        const [ground, share] = [...bar.children].map((one) => one.getBoundingClientRect().width)
        return (100 * (share ?? 0)) / (ground ?? 1)
      })
    expect(Math.abs(drawn - told)).toBeLessThanOrEqual(1)
  }
  const save = page.getByRole('link', { name: /^Save as CSV.*How tickets ended$/ })
  const file = await page.request.get((await save.getAttribute('href')) ?? '')
  expect(file.headers()['content-disposition']).toBe(
    'attachment; filename="countersign-insights-endings-90-days.csv"',
  )
  expect(await file.text()).toMatch(/^"Ending","Tickets","Share \(percent\)"\r\n"Released"/)

  await signIn(page, product, await product.person('Oskar Nyman'))
  await page.goto('/insights')
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(/^Insights are for/)
  expect((await page.request.get('/insights/csv?table=approvers&days=30')).status()).toBe(404)
})

test('an admin sees how the parts are and asks for another key; nobody else sees the settings', async ({
  page,
  product,
}) => {
  test.setTimeout(120_000)
  const admin = await product.person('Runa Holm', { roles: ['admin'] })
  await signIn(page, product, admin)
  await page.goto('/settings')
  await ready(page)
  const health = page.getByRole('table', { name: 'How the parts are' })
  await expect(health.getByRole('row', { name: /^Database Good PostgreSQL/ })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Allow tokens' })).toContainText('In use')
  await expectGood(page, { about: 'settings' })

  await page.getByLabel('Days after the end of its request').fill('7')
  await expect(page.getByText('Type 30 to 3650, or nothing.')).toBeVisible()
  await page.getByRole('button', { name: 'Rotate the key of checkpoints' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Use a code' }).click()
  await dialog.getByLabel('Code from your authenticator app').fill(await product.code(admin.id))
  await dialog.getByRole('button', { name: 'Rotate the key with code' }).click()
  await expect(
    page.getByText('Checkpoints of the audit log: Nothing has changed yet'),
  ).toBeVisible()
  await expect(page.getByRole('link', { name: 'See the ticket' })).toBeVisible()

  await signIn(page, product, await product.person('Oskar Nyman'))
  await page.goto('/settings')
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Admins look after the settings')
})
