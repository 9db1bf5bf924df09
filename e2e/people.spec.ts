import { type Browser, expect, type Page } from '@playwright/test'
import type { DemoPerson } from '../scripts/lib/demo-people'
import { approveWithPasskey } from '../scripts/lib/demo-votes'
import { expectGood } from './accessible'
import { registerCaller } from './callers'
import { authenticator, type Product, ready, signIn, test } from './fixtures'
import { signedIn } from './visitor'
import { MONEY } from './vote-scene'

const ADMIN = { roles: ['admin' as const, 'approver' as const] }

/** At a browser of their own, with their passkey in it. */
async function desk(
  browser: Browser,
  product: Product,
  name: string,
): Promise<{ page: Page; person: DemoPerson }> {
  const person = await product.person(name, ADMIN)
  const page = await (await browser.newContext()).newPage()
  await (await authenticator(page, product)).hold(person.passkey)
  await signIn(page, product, person)
  return { page, person }
}

const rolesOf = async ({ runtime }: Product, id: string) =>
  (await runtime.db.person.findUniqueOrThrow({ where: { id } })).roles

test('somebody is invited, signs in by the link, and has a role once a second admin approves it', async ({
  product,
  browser,
}) => {
  const { page } = await desk(browser, product, 'Ivo Asks')
  const second = await desk(browser, product, 'Sigrid Signs')
  const email = `noor.${process.pid}.${Date.now()}@osterby.example`
  await page.goto('/people')
  await ready(page)
  await page.getByText('Invite somebody', { exact: true }).click()
  await page.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByText('Say what they are called.')).toBeVisible()
  await page.getByLabel('Name', { exact: true }).fill('Noor Invited')
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('checkbox', { name: 'Approver' }).check()
  await page.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByText('You will not see this link again.')).toBeVisible()
  const link = await page.locator('code', { hasText: '/sign-in/link#' }).textContent()
  const { id } = await product.runtime.db.person.findUniqueOrThrow({ where: { email } })

  const theirs = await (await browser.newContext()).newPage()
  await theirs.goto(link ?? '')
  await theirs.getByRole('button', { name: 'Sign in as Noor Invited' }).click()
  await expect(theirs).toHaveURL(`${product.url}/account`)

  await page.getByRole('button', { name: 'Give the roles' }).click()
  await page.getByRole('button', { name: 'Give the roles with passkey' }).click()
  await expect(page.getByText('Noor Invited: Nothing has changed yet')).toBeVisible()
  expect(await rolesOf(product, id)).toEqual([])
  const ticket = await page.getByRole('link', { name: 'See the ticket' }).getAttribute('href')
  await second.page.goto(ticket ?? '')
  await ready(second.page)
  await second.page.getByRole('button', { name: 'Approve with passkey' }).click()
  await expect.poll(() => rolesOf(product, id)).toEqual(['approver'])
  await page.goto(`/people/${id}`)
  await expect(page.getByRole('checkbox', { name: 'Approver' })).toBeChecked()
  for (const each of [page, second.page, theirs]) await each.context().close()
})

test('whoever is deactivated amid a ticket is out at once, and their vote counts no more', async ({
  product,
  browser,
}) => {
  const { page } = await desk(browser, product, 'Ivo Asks')
  const leaver = await product.person('Lars Leaves', { groups: ['finance_approvers'] })
  const caller = await registerCaller(product)
  const { request_id: requestId } = await caller.ask(MONEY)
  const who = await signedIn(product, leaver)
  await approveWithPasskey(product.runtime, requestId, leaver)
  const counted = async () => {
    const { requirements } = await product.runtime.db.request.findUniqueOrThrow({
      where: { id: requestId },
    })
    return (requirements as { progress?: { counted: number } }[]).map(
      ({ progress }) => progress?.counted ?? 0,
    )
  }
  await expect.poll(counted).toContain(1)

  await page.goto(`/people/${leaver.id}`)
  await ready(page)
  await page.getByRole('button', { name: 'Deactivate Lars Leaves' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('1 session ends at once')
  await expect(dialog).toContainText('They own no caller')
  await expectGood(page, { about: 'deactivating' })
  await dialog.getByRole('button', { name: 'Deactivate' }).click()
  await expect(page.getByText('Lars Leaves: Done')).toBeVisible()
  expect((await who.get('/inbox')).status).toBe(307)
  await expect.poll(counted).not.toContain(1)
  await page.context().close()
})

test('somebody stands in for a week, as the group’s page says once it is approved', async ({
  product,
  browser,
}) => {
  const { page } = await desk(browser, product, 'Ivo Asks')
  const second = await product.person('Sigrid Signs', ADMIN)
  const standIn = await product.person('Stina Stands-in')
  await page.goto('/people')
  await page.getByRole('link', { name: 'See the groups that approve' }).click()
  await expectGood(page, { about: 'groups' })
  await page.getByRole('link', { name: 'Security approvers' }).click()
  await ready(page)
  await expectGood(page, { about: 'a group' })
  await page.getByRole('button', { name: 'Add somebody' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Who').selectOption(standIn.id)
  await dialog.getByLabel('How long').selectOption('For a week')
  await dialog.getByRole('button', { name: 'Add somebody with passkey' }).click()
  await expect(page.getByText('Stina Stands-in: Nothing has changed yet')).toBeVisible()
  const ticket = await page.getByRole('link', { name: 'See the ticket' }).getAttribute('href')
  await approveWithPasskey(product.runtime, ticket?.split('/').at(-1) ?? '', second)
  const membership = () =>
    product.runtime.db.groupMember.findFirst({ where: { personId: standIn.id } })
  await expect.poll(async () => (await membership())?.groupName).toBe('security_approvers')
  const days = ((await membership())?.expiresAt?.getTime() ?? 0) - Date.now()
  expect(Math.round(days / 86_400_000)).toBe(7)
  await page.goto(`/people/${standIn.id}`)
  await ready(page)
  await expectGood(page, { about: 'a person' })
  await page.getByRole('button', { name: /Take out/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click()
  await expect(page.getByText('Stina Stands-in: Done')).toBeVisible()
  expect(await membership()).toBeNull()
  await page.context().close()
})
