import { readFile } from 'node:fs/promises'
import { type Browser, expect, type Page } from '@playwright/test'
import { makeRecoveryCodes } from '../lib/commands/factor/make-recovery-codes'
import { must } from '../scripts/lib/demo-people'
import { approveWithPasskey } from '../scripts/lib/demo-votes'
import { expectGood } from './accessible'
import { alertIn, authenticator, type Product, ready, signIn, signInByPage, test } from './fixtures'

const CODE = /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/

/** A second human at another browser, with their passkey in it. */
async function second(browser: Browser, product: Product, name: string) {
  const person = await product.person(name, { roles: ['admin'] })
  const page = await (await browser.newContext()).newPage()
  await (await authenticator(page, product)).hold(person.passkey)
  await signIn(page, product, person)
  return { person, page }
}

async function codesOf(product: Product, personId: string): Promise<string[]> {
  const proof = { kind: 'totp', code: await product.code(personId) } as const
  const { codes } = must(await makeRecoveryCodes(product.runtime, { personId, proof }))
  await product.runtime.db.announcement.updateMany({
    where: { personId },
    data: { seenAt: new Date() },
  })
  return codes
}

async function byRecoveryCode(page: Page, product: Product, personId: string, code: string) {
  const { email } = await product.runtime.db.person.findUniqueOrThrow({ where: { id: personId } })
  await page.goto('/sign-in')
  await ready(page)
  await page.getByText('Sign in with a recovery code', { exact: true }).click()
  await page.getByLabel('Your e-mail address here').fill(email)
  await page.getByLabel('Recovery code', { exact: true }).fill(code)
  await page.getByRole('button', { name: 'Sign in with this code' }).click()
}

const about = (page: Page) => page.getByRole('complementary', { name: 'About your account' })
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

async function lock(product: Product, personId: string) {
  await product.runtime.db.totp.update({
    where: { personId },
    data: { lockedUntil: new Date(Date.now() + 900_000), lockCount: 1 },
  })
}

test('a newcomer is led from the first passkey over a second human to recovery codes', async ({
  page,
  product,
  browser,
}) => {
  test.setTimeout(120_000)
  const newcomer = await product.newcomer('Livia Brandt')
  const admin = await second(browser, product, 'Aage Falk')
  await authenticator(page, product)
  await signInByPage(page, product, newcomer)
  const steps = section(page, 'First steps').getByRole('listitem')
  await expect(steps.nth(0)).toContainText('For you to do')
  await expect(section(page, 'Recovery codes')).toContainText('once a factor of yours is confirmed')
  await expect(page.getByText('Make recovery codes', { exact: true })).toHaveCount(0)
  await page.getByText('Add a passkey', { exact: true }).click()
  await page.getByLabel('What you call it').fill('Work laptop')
  await page.getByRole('button', { name: 'Add passkey' }).click()
  await expect(page.getByRole('status')).toContainText('It waits for a second person')
  await expect(steps.nth(0)).toContainText('Done')
  await expect(steps.nth(1)).toContainText('Aage Falk')

  await admin.page.goto('/people?q=Livia')
  await ready(admin.page)
  await admin.page.getByRole('link', { name: 'see who confirms' }).first().click()
  const waiting = admin.page.getByRole('listitem').filter({ hasText: 'Livia Brandt' }).first()
  await ready(admin.page)
  await waiting.getByRole('button', { name: 'Confirm for Livia Brandt' }).click()
  await waiting.getByRole('button', { name: 'Confirm with passkey' }).click()
  await expect(admin.page.getByRole('status')).toContainText('Livia Brandt: Confirmed')
  await admin.page.context().close()

  await page.goto('/account')
  await ready(page)
  await expect(about(page)).toContainText('Aage Falk confirmed your passkey')
  await expect(steps.nth(2)).toContainText('For you to do')
  await section(page, 'Recovery codes').getByText('Make recovery codes', { exact: true }).click()
  await page.getByRole('button', { name: 'Make ten codes with passkey' }).click()
  const codes = page.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const shown = await codes.allTextContents()
  for (const code of shown) expect(code).toMatch(CODE)
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as text' }).click()
  const file = await readFile(await (await saving).path(), 'utf8')
  for (const code of shown) expect(file).toContain(code)
  await page.getByRole('button', { name: 'I have put them away' }).click()
  await expect(codes).toHaveCount(0)
  await expect(section(page, 'Recovery codes')).toContainText('10 codes left')
  await expect(section(page, 'First steps')).toHaveCount(0)
  await page.reload()
  for (const code of shown) await expect(page.getByText(code)).toHaveCount(0)
})

test('a recovery code signs in once, every page says so, and it proves nothing', async ({
  page,
  product,
  browser,
}) => {
  test.setTimeout(120_000)
  const person = await product.person('Ruth Keller')
  const [code = '', other = ''] = await codesOf(product, person.id)
  await (await authenticator(page, product)).hold(person.passkey)
  await byRecoveryCode(page, product, person.id, `${code.slice(1)}Z`)
  await expect(alertIn(page)).toContainText('The address or the code was not accepted')
  await page
    .getByLabel('Recovery code', { exact: true })
    .fill(code.toLowerCase().replaceAll('-', ' '))
  await page.getByRole('button', { name: 'Sign in with this code' }).click()
  await expect(page).toHaveURL(`${product.url}/account`)
  await ready(page)
  for (const path of ['/inbox', '/people', '/policy', '/account']) {
    await page.goto(path)
    await expect(about(page)).toContainText('You signed in with a recovery code: add a factor.')
  }
  await ready(page)
  await expect(about(page)).toContainText('with a recovery code. 9 are left.')
  await expect(page.getByRole('button', { name: /^Remove / })).toHaveCount(0)
  await expect(page.getByText('Make new recovery codes')).toHaveCount(0)

  // Whoever holds the paper cannot take away what tells of it.
  await page.getByRole('button', { name: 'I know about this' }).click()
  await expect(about(page)).toContainText('This stands here until you signed in with a factor')
  await page.reload()
  await expect(about(page)).toContainText('with a recovery code. 9 are left.')

  // What the page does not offer is refused all the same: the passkey is at hand, and valid.
  const reply = await startProofFrom(page)
  expect(reply).not.toContain('challenge')

  await authenticator(page, product, 'usb')
  await page.getByText('Add a passkey', { exact: true }).click()
  await page.getByLabel('What you call it').fill('New phone')
  await page.getByRole('button', { name: 'Add passkey' }).click()
  await expect(page.getByRole('status')).toContainText('It waits for a second person')
  await expect(page.getByRole('listitem').filter({ hasText: 'New phone' })).toContainText('Waits')

  const again = await (await browser.newContext()).newPage()
  await byRecoveryCode(again, product, person.id, code)
  await expect(alertIn(again)).toContainText('Each code signs in once')
  const stranger = await product.person('Nils Ferrer')
  await byRecoveryCode(again, product, stranger.id, other)
  await expect(alertIn(again)).toContainText('was not accepted')
  await again.context().close()
})

/** The account page of a normal session asks for a challenge; the same request is sent from here. */
async function startProofFrom(page: Page): Promise<string> {
  const sent = page.waitForRequest((request) => request.headers()['next-action'] !== undefined)
  await page.route('**/account', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  await page.getByRole('button', { name: /^Rename / }).click()
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  const headers = (await sent).headers()
  await page.unroute('**/account')
  expect(headers['next-action']).toBeTruthy()
  const answer = await page.request.post('/account', {
    data: JSON.stringify([{ action: 'make_recovery_codes' }]),
    headers: {
      'next-action': headers['next-action'] ?? '',
      'content-type': 'text/plain;charset=UTF-8',
      origin: new URL(page.url()).origin,
    },
  })
  await page.reload()
  await ready(page)
  return await answer.text()
}

test('codes that are locked are unlocked by an admin who proves it, and factors reset', async ({
  page,
  product,
  browser,
}) => {
  test.setTimeout(120_000)
  const person = await product.person('Amal Haddad')
  const admin = await second(browser, product, 'Aafke Vos')
  const other = await product.person('Sigrid Signs', { roles: ['admin'] })
  await lock(product, person.id)
  await signIn(page, product, person)
  await page.goto('/account')
  await expect(page.getByText(/^Codes are locked until/)).toBeVisible()
  await expect(section(page, 'Factors')).toContainText('Aafke Vos')

  const desk = admin.page
  await desk.goto('/people?q=Amal')
  await ready(desk)
  const row = desk.getByRole('row').filter({ hasText: person.name }).filter({ hasText: 'locked' })
  await expect(row).toContainText('Codes locked until')
  await row.getByRole('button', { name: 'Unlock codes of Amal Haddad' }).click()
  await desk.getByRole('button', { name: 'Unlock codes with passkey' }).click()
  await expect(desk.getByRole('status')).toContainText('Amal Haddad: Unlocked')
  await expect(desk.getByText('Codes locked until')).toHaveCount(0)

  await page.goto('/inbox')
  await expect(about(page)).toContainText('Aafke Vos unlocked the codes')

  const mine = desk.getByRole('row').filter({ hasText: 'authenticator app' }).first()
  await mine.getByRole('button', { name: 'Reset factors of Amal Haddad' }).click()
  await desk.getByRole('button', { name: 'Reset factors with passkey' }).click()
  await expect(desk.getByText('Amal Haddad: Nothing has changed yet')).toBeVisible()
  const { db } = product.runtime
  const left = () => db.passkey.count({ where: { personId: person.id, revokedAt: null } })
  expect(await left()).toBe(1)
  const ticket = await desk.getByRole('link', { name: 'See the ticket' }).getAttribute('href')
  await approveWithPasskey(product.runtime, ticket?.split('/').at(-1) ?? '', other)
  await expect.poll(left).toBe(0)
  await page.goto('/account')
  await expect(page).toHaveURL(/\/sign-in/)
  await desk.context().close()
})

test('what happened to an account stands on every page until its person knows; or was it not them', async ({
  page,
  product,
  browser,
}) => {
  const person = await product.person('Hanna Oja')
  await codesOf(product, person.id)
  await product.runtime.db.announcement.updateMany({
    where: { personId: person.id, text: { contains: 'recovery codes were made' } },
    data: { seenAt: null },
  })
  await signIn(page, product, person)
  await page.goto('/policy')
  await ready(page)
  await expect(about(page)).toContainText('New recovery codes were made for your account')
  await page.getByRole('button', { name: 'I know about this' }).click()
  await expect(about(page)).toHaveCount(0)
  await page.goto('/inbox')
  await expect(about(page)).toHaveCount(0)

  await codesOf(product, person.id)
  await product.runtime.db.announcement.updateMany({
    where: { personId: person.id },
    data: { seenAt: null },
  })
  const elsewhere = await (await browser.newContext()).newPage()
  await signIn(elsewhere, product, person)
  await page.goto('/policy')
  await ready(page)
  await page.getByRole('button', { name: 'This was not me' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Daniel')
  await dialog.getByRole('button', { name: 'End all sessions' }).click()
  await expect(dialog.getByRole('status')).toContainText('All your sessions have ended')
  await elsewhere.goto('/policy')
  await expect(elsewhere).toHaveURL(/\/sign-in/)
  await elsewhere.context().close()
})

test('a passkey is renamed, a code is pasted as apps show it, and the last factor’s end is explained', async ({
  page,
  product,
}) => {
  const person = await product.person('Edda Holm')
  await signIn(page, product, person)
  await page.goto('/account')
  await ready(page)
  await page.getByRole('button', { name: 'Rename Demo passkey' }).click()
  await page.getByLabel('What you call it').first().fill('Blue key')
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect(page.getByRole('status')).toContainText('Renamed')
  const row = page.getByRole('listitem').filter({ hasText: 'Blue key' })
  await expect(row).toContainText('Confirmed')
  await row.getByRole('button', { name: 'Remove Blue key' }).click()
  await expect(row).not.toContainText('It is your last factor')
  await row.getByRole('button', { name: 'Use a code' }).click()
  const code = await product.code(person.id)
  const field = row.getByLabel(/Code from/)
  await field.focus()
  await paste(page, `${code.slice(0, 3)} ${code.slice(3)}\n`)
  await expect(field).toHaveValue(code)
  await row.getByRole('button', { name: 'Remove with code' }).click()
  await expect(page.getByRole('status')).toContainText('Votes made with it stand')
  await page.getByRole('button', { name: 'Remove Authenticator app' }).click()
  await expect(page.getByText('It is your last factor.')).toBeVisible()
})

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((data) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', data)
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    document.activeElement?.dispatchEvent(event)
  }, text)
}

test('the pages about accounts are accessible and fit 1280 and 360 px, light and dark', async ({
  page,
  product,
}) => {
  test.setTimeout(180_000)
  const person = await product.person('Pia Wolff', { roles: ['admin'] })
  const [code = ''] = await codesOf(product, person.id)
  const other = await product.person('Otto Falk')
  await lock(product, other.id)
  await lock(product, person.id)
  const key = await authenticator(page, product)
  await key.hold(person.passkey)
  await signIn(page, product, person)
  await page.goto('/people?q=Otto')
  await ready(page)
  await expectGood(page, { about: 'people' })
  await page.getByRole('button', { name: 'Reset factors of Otto Falk' }).first().click()
  await expectGood(page, { about: 'resetting factors' })
  await page.goto('/account')
  await ready(page)
  await page.getByText('Make new recovery codes').click()
  await page.getByRole('button', { name: 'Make ten codes with passkey' }).click()
  await expect(page.getByRole('list', { name: 'Your recovery codes' })).toBeVisible()
  await expectGood(page, { about: 'new recovery codes' })
  await page.goto('/account')
  await ready(page)
  await expect(about(page)).toBeVisible()
  await expectGood(page, { about: 'the account' })
  await page.getByRole('button', { name: 'This was not me' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectGood(page, { about: 'it was not me' })
  await page.context().clearCookies()
  await byRecoveryCode(page, product, person.id, code)
  await expect(alertIn(page)).toContainText('was not accepted')
  await expectGood(page, { about: 'a code that is not accepted' })
  const [fresh = ''] = await codesOfLocked(product, person.id)
  await byRecoveryCode(page, product, person.id, fresh)
  await expect(page).toHaveURL(`${product.url}/account`)
  await expectGood(page, { about: 'the account, by a recovery code' })
})

async function codesOfLocked(product: Product, personId: string): Promise<string[]> {
  await product.runtime.db.totp.update({ where: { personId }, data: { lockedUntil: null } })
  return await codesOf(product, personId)
}
