import { expect, type Page } from '@playwright/test'
import { expectGood, expectToFit, NARROW, WIDE } from './accessible'
import { type Product, ready, signIn, test } from './fixtures'

const ADMIN = { roles: ['admin' as const] }

/** What the API answers to a key. */
async function answer(product: Product, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` }
  return (await fetch(`${product.url}/v1/requests?limit=1`, { headers })).status
}

async function proved(
  page: Page,
  product: Product,
  person: { id: string },
  verb: string,
): Promise<void> {
  await page.getByRole('button', { name: 'Use a code' }).click()
  await page.getByLabel('Code from your authenticator app').fill(await product.code(person.id))
  await page.getByRole('button', { name: `${verb} with code` }).click()
}

/** The second admin approves on the ticket's page, and a worker applies it. */
async function approved(
  page: Page,
  product: Product,
  person: { id: string },
  ticket: string,
): Promise<void> {
  await page.goto(ticket)
  await ready(page)
  await expect(page.getByText('A change of Countersign itself, asked for by')).toBeVisible()
  await page.getByRole('button', { name: 'Use a code' }).click()
  const dialog = page.getByRole('dialog', { name: 'Approve with a code' })
  await dialog.getByLabel('Code from your authenticator').fill(await product.code(person.id))
  await page.keyboard.press('Enter')
  await expect(async () => {
    await page.goto(ticket)
    await expect(page.getByText('It was applied.')).toBeVisible({ timeout: 1_000 })
  }).toPass()
}

test('a caller is registered, gets keys by two people, and a new key takes the place of an old one', async ({
  page,
  browser,
  product,
}) => {
  const [jonas, petra] = [
    await product.person('Jonas Admin', ADMIN),
    await product.person('Petra Admin', ADMIN),
  ]
  await signIn(page, product, jonas)
  const second = await (await browser.newContext()).newPage()
  await signIn(second, product, petra)

  await page.goto('/callers')
  await ready(page)
  const name = `deploys-${process.pid}`
  const form = page.locator('#register')
  await form.getByRole('button', { name: 'Register the caller' }).click()
  await expect(form.getByText('Choose who answers for it.')).toBeVisible()
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('Owner').selectOption(jonas.id)
  await form.getByLabel('Environments').fill('production, staging')
  await form.getByLabel('Runtime').fill('deploy-runner')
  await form.getByRole('button', { name: 'Register the caller' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await ready(page)
  await expect(page.getByText('It has no key yet.')).toBeVisible()
  await expectGood(page, { about: 'a caller without a key' })

  const keyOf = async (where: string, days: string) => {
    await page.getByRole('button', { name: 'Make a key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Where it will be').fill(where)
    await dialog.getByLabel('Ends after').fill(days)
  }
  await keyOf('runner 1', '1000')
  await proved(page, product, jonas, 'Make the key')
  await expect(page.getByText('Use a whole number of days from 1 to 730')).toBeVisible()
  await page.getByRole('dialog').getByLabel('Ends after').fill('90')
  await page
    .getByRole('dialog')
    .getByLabel('Code from your authenticator app')
    .fill(await product.code(jonas.id))
  await page.getByRole('dialog').getByRole('button', { name: 'Make the key with code' }).click()
  await expect(page.getByText('It works once another admin approved it.')).toBeVisible()
  const secret = (await page.locator('.shown-once').textContent()) ?? ''
  expect(secret).toMatch(/^csk_agent_/)
  const ticket =
    (await page.getByRole('link', { name: 'See the ticket' }).getAttribute('href')) ?? ''
  expect(await answer(product, secret)).toBe(401)
  await approved(second, product, petra, ticket)
  expect(await answer(product, secret)).toBe(200)

  await page.reload()
  await ready(page)
  expect(await page.content()).not.toContain(secret)
  const first = page.getByRole('row', { name: 'runner 1' })
  await expect(first).toContainText('Agent key')
  await keyOf('runner 2', '')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('In place of').selectOption({ index: 1 })
  await dialog.getByLabel('Both work for').fill('2')
  await proved(page, product, jonas, 'Make the key')
  await expect(page.locator('.shown-once')).toBeVisible()
  const next = (await page.locator('.shown-once').textContent()) ?? ''
  const again =
    (await page.getByRole('link', { name: 'See the ticket' }).getAttribute('href')) ?? ''
  await approved(second, product, petra, again)
  expect([await answer(product, secret), await answer(product, next)]).toEqual([200, 200])

  await page.reload()
  await ready(page)
  await page.getByRole('button', { name: 'Revoke runner 1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('Revoked: its next call is refused.')).toBeVisible()
  expect(await answer(product, secret)).toBe(401)
  expect(await answer(product, next)).toBe(200)
  await page.locator('summary', { hasText: 'Ask, with curl' }).click()
  await expect(page.getByRole('group', { name: 'Ask, with curl' })).toContainText(product.url)
  expect(await page.content()).not.toContain(next)
  await expectToFit(page, 'snippets')
  await second.context().close()
})

test('a version of policy is proposed by its editor with every problem told by its line, and published by an admin', async ({
  page,
  browser,
  product,
}) => {
  const ida = await product.person('Ida Editor', { roles: ['policy_editor'] })
  const petra = await product.person('Petra Publisher', ADMIN)
  await signIn(page, product, ida)
  await page.goto('/policy')
  await ready(page)
  await page.getByText('Write the next version').click()
  const area = page.getByLabel('The next version')
  const before = await area.inputValue()
  await area.fill(before.replace(/^rules:/mu, 'rulez:'))
  await page.getByRole('button', { name: 'Check and compare' }).click()
  await expect(page.getByText('The policy is not valid.')).toBeVisible()
  await expect(page.locator('.problems')).toContainText(/Line \d+/)
  await expect(area).toHaveValue(/^rulez:/mu)
  await expectGood(page, { about: 'problems of a policy' })

  await area.fill(`${before}# checked ${process.pid}\n`)
  await page.getByRole('button', { name: 'Check and compare' }).click()
  await expect(page.locator('.diff ins')).toContainText(`# checked ${process.pid}`)
  await proved(page, product, ida, 'Propose it')
  await expect(page.getByText('Nothing has changed yet: it waits for another admin.')).toBeVisible()
  const ticket =
    (await page
      .getByRole('link', { name: 'See the ticket', exact: true })
      .first()
      .getAttribute('href')) ?? ''
  await expect(page.getByRole('table', { name: 'Proposed versions' })).toContainText(ida.name)

  const second = await (await browser.newContext()).newPage()
  await signIn(second, product, petra)
  for (const size of [WIDE, NARROW]) {
    await second.setViewportSize(size)
    await second.goto(ticket)
    await expectToFit(second, 'a ticket of the installation')
  }
  await approved(second, product, petra, ticket)
  await page.goto('/policy')
  await expect(page.getByText(`# checked ${process.pid}`, { exact: true })).toBeVisible()
  const older = page.getByRole('table', { name: 'Published versions' }).getByRole('link').nth(1)
  await older.click()
  await expect(page.getByRole('table', { name: /changed$/ })).toContainText(
    `# checked ${process.pid}`,
  )
  await expectGood(page, { about: 'an older version' })
  await second.context().close()
})
