import { expect } from '@playwright/test'
import { Secret } from 'otpauth'
import { codeOfStep, totpStep } from '../lib/auth/totp-code'
import { expectGood } from './accessible'
import { alertIn, authenticator, ready, signInByPage, test } from './fixtures'

test.describe('a one-time link', () => {
  test('signs in once; the second use is refused and says so', async ({
    page,
    product,
    browser,
  }) => {
    const person = await product.newcomer('Edda Holm')
    const link = await product.link(person.id)
    await page.goto(link)
    await page.getByRole('button', { name: 'Sign in as Edda Holm' }).click()
    await expect(page).toHaveURL(`${product.url}/account`)
    await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible()
    const second = await (await browser.newContext()).newPage()
    await second.goto(link)
    await expect(alertIn(second)).toContainText('It was used already')
    await expect(second.getByRole('button', { name: /Sign in as/ })).toHaveCount(0)
    await second.context().close()
  })

  test('says so too when it was used between reading and pressing', async ({
    page,
    product,
    browser,
  }) => {
    const person = await product.newcomer('Edda Holm')
    const link = await product.link(person.id)
    await page.goto(link)
    const button = page.getByRole('button', { name: 'Sign in as Edda Holm' })
    await expect(button).toBeEnabled()
    const faster = await (await browser.newContext()).newPage()
    await faster.goto(link)
    await faster.getByRole('button', { name: 'Sign in as Edda Holm' }).click()
    await expect(faster).toHaveURL(`${product.url}/account`)
    await button.click()
    await expect(alertIn(page)).toContainText('It was used already')
    await faster.context().close()
  })

  test('is not used up by being opened, by whatever opens it', async ({
    page,
    product,
    request,
  }) => {
    const person = await product.newcomer('Edda Holm')
    const link = await product.link(person.id)
    const secret = link.split('#')[1] ?? ''
    for (const path of [
      '/sign-in/link',
      `/sign-in/link?secret=${secret}`,
      `/sign-in/link/${secret}`,
    ]) {
      await request.get(path)
      await request.head(path)
    }
    await request.get(`/api/auth/callback/link?secret=${secret}`)
    for (const _time of [1, 2]) {
      await page.goto('about:blank')
      await page.goto(link)
      await expect(page.getByRole('button', { name: 'Sign in as Edda Holm' })).toBeEnabled()
    }
    await page.getByRole('button', { name: 'Sign in as Edda Holm' }).click()
    await expect(page).toHaveURL(`${product.url}/account`)
  })

  test('that is not whole, or nobody gave out, says so', async ({ page }) => {
    await page.goto('/sign-in/link')
    await expect(alertIn(page)).toContainText('This link is not whole')
    await page.goto(`/sign-in/link#${'a'.repeat(43)}`)
    await expect(alertIn(page)).toContainText('This link does not sign in')
    await page.getByRole('link', { name: 'Other ways to sign in' }).click()
    await expect(page).toHaveURL(/\/sign-in$/)
  })
})

test.describe('where one goes', () => {
  test('after signing in is where one wanted to go', async ({ page, product }) => {
    const person = await product.person('Nils Ferrer')
    await (await authenticator(page, product)).hold(person.passkey)
    await page.goto('/account?from=elsewhere')
    await expect(page).toHaveURL(`${product.url}/sign-in?from=%2Faccount`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page).toHaveURL(`${product.url}/account`)
    await page.goto('/')
    await expect(page).toHaveURL(`${product.url}/inbox`)
  })

  for (const from of [
    '//evil.example',
    'https://evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
  ]) {
    test(`is never another site: ${JSON.stringify(from)}`, async ({ page, product }) => {
      const person = await product.person('Nils Ferrer')
      await (await authenticator(page, product)).hold(person.passkey)
      await page.goto(`/sign-in?from=${encodeURIComponent(from)}`)
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await expect(page).toHaveURL(`${product.url}/inbox`)
      await page.goto(`/sign-in?from=${encodeURIComponent(from)}`)
      await expect(page).toHaveURL(`${product.url}/inbox`)
    })
  }

  test('by the door’s own addresses is never another site', async ({ product, request }) => {
    const evil = encodeURIComponent('https://evil.example/account')
    for (const path of [`signin?callbackUrl=${evil}`, `error?error=x&callbackUrl=${evil}`]) {
      const answer = await request.get(`/api/auth/${path}`, { maxRedirects: 0 })
      const location = answer.headers()['location'] ?? ''
      expect(new URL(location, product.url).origin).toBe(product.url)
      expect(location).not.toContain('evil')
    }
  })
})

test.describe('a passkey', () => {
  test('of a newcomer counts only once a second human confirmed it, and then signs in', async ({
    page,
    product,
    browser,
  }) => {
    const person = await product.newcomer('Livia Brandt')
    // Where many may help, three are named: this name comes first.
    const admin = await product.person('Aage Falk', { roles: ['admin'] })
    await authenticator(page, product)
    await signInByPage(page, product, person)
    await page.getByText('Add a passkey', { exact: true }).click()
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await expect(page.getByText('Give it a name, so that')).toBeVisible()
    await page.getByLabel('What you call it').fill('Work laptop')
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await expect(page.getByRole('status')).toContainText('It waits for a second person')
    const row = page.getByRole('listitem').filter({ hasText: 'Work laptop' })
    await expect(row).toContainText('Waits')
    await expect(row).toContainText('Aage Falk')

    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('status')).toContainText('You are signed out')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(alertIn(page)).toContainText('waits for a second person')

    const other = await (await browser.newContext()).newPage()
    await (await authenticator(other, product)).hold(admin.passkey)
    await signInByPage(other, product, admin)
    await other.goto('/account')
    await ready(other)
    const waiting = other.getByRole('listitem').filter({ hasText: 'Livia Brandt' })
    await waiting.getByRole('button', { name: 'Confirm for Livia Brandt' }).click()
    await waiting.getByRole('button', { name: 'Confirm with passkey' }).click()
    await expect(other.getByRole('status')).toContainText('Livia Brandt: Confirmed')
    await expect(waiting).toHaveCount(0)
    await other.context().close()

    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page).toHaveURL(`${product.url}/inbox`)
    await page.goto('/account')
    await ready(page)
    await expect(page.getByRole('listitem').filter({ hasText: 'Work laptop' })).toContainText(
      'By Aage Falk',
    )
  })

  test('is added with one that is there already, and counts at once', async ({ page, product }) => {
    const person = await product.person('Sanne Vos')
    await (await authenticator(page, product)).hold(person.passkey)
    await signInByPage(page, product, person)
    await page.goto('/account')
    await ready(page)
    // One authenticator holds one passkey a person: another one makes the second.
    await authenticator(page, product, 'usb')
    await page.getByText('Add a passkey', { exact: true }).click()
    await page.getByLabel('What you call it').fill('Blue key')
    await page.getByRole('button', { name: 'Continue with passkey' }).click()
    await expect(page.getByRole('status')).toContainText('Passkey added. It votes on tickets')
    await expect(page.getByRole('listitem').filter({ hasText: 'Blue key' })).toContainText(
      'Confirmed',
    )
  })

  test('that does not recognise its person signs nobody in, and the page says so', async ({
    page,
    product,
  }) => {
    const person = await product.person('Sanne Vos')
    const key = await authenticator(page, product)
    await key.hold(person.passkey)
    await key.setVerified(false)
    await page.goto('/sign-in')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(alertIn(page)).toContainText('No passkey was used')
    await key.setVerified(true)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page).toHaveURL(`${product.url}/inbox`)
  })
})

test('an authenticator app is added by typing a code of it back, and removed with one', async ({
  page,
  product,
}) => {
  const person = await product.newcomer('Amal Haddad')
  await signInByPage(page, product, person)
  await page.getByText('Add an authenticator app', { exact: true }).click()
  await page.getByRole('button', { name: 'Show the code to scan' }).click()
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  const text = ((await page.locator('.secret').textContent()) ?? '').replaceAll(/\s/g, '')
  const secret = new Uint8Array(Secret.fromBase32(text).buffer)
  const code = codeOfStep(secret, totpStep(Date.now()))
  const field = page.getByLabel('Code that the app shows now')
  await field.fill(`${code.slice(0, 5)}x`)
  await page.getByRole('button', { name: 'Add authenticator app' }).click()
  await expect(page.getByText('Type the six digits')).toBeVisible()
  await expect(field).toHaveValue(`${code.slice(0, 5)}x`)
  await field.fill(code)
  await field.press('Enter')
  await expect(page.getByRole('status')).toContainText('It waits for a second person')
  const row = page.getByRole('listitem').filter({ hasText: 'Authenticator app' })
  await expect(row).toContainText('Waits')
  await row.getByRole('button', { name: 'Remove Authenticator app' }).click()
  await row.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByRole('status')).toContainText('Removed')
  await expect(page.getByText('You have none yet')).toBeVisible()
})

test('a factor is removed with a factor alone: a wrong code changes nothing', async ({
  page,
  product,
}) => {
  const person = await product.person('Ruth Keller')
  await signInByPage(page, product, person)
  await page.goto('/account')
  await ready(page)
  const row = page.getByRole('listitem').filter({ hasText: 'Demo passkey' })
  await row.getByRole('button', { name: 'Remove Demo passkey' }).click()
  await row.getByRole('button', { name: 'Use a code' }).click()
  const right = await product.code(person.id)
  await row.getByLabel(/Code from/).fill(right === '000000' ? '000001' : '000000')
  await row.getByRole('button', { name: 'Remove with code' }).click()
  await expect(alertIn(row)).toContainText('That code was wrong, too old or used before')
  await expect(row).toContainText('Confirmed')
  await row.getByLabel(/Code from/).fill(await product.code(person.id))
  await row.getByRole('button', { name: 'Remove with code' }).click()
  await expect(page.getByRole('status')).toContainText('Votes made with it stand')
  await expect(row).toHaveCount(0)
})

test.describe('a session', () => {
  test('that was ended from another place is over on its next click', async ({
    page,
    product,
    browser,
  }) => {
    const person = await product.person('Hanna Oja')
    await signInByPage(page, product, person)
    const other = await (await browser.newContext()).newPage()
    await signInByPage(other, product, person)
    await other.goto('/account')
    await ready(other)
    await page.goto('/account')
    await ready(page)
    await expect(page.getByRole('row')).toHaveCount(3)
    await page.getByRole('button', { name: 'End all others' }).click()
    await expect(page.getByRole('status')).toContainText('One other session ended')
    await other.getByRole('link', { name: 'Inbox' }).first().click()
    await expect(other).toHaveURL(/\/sign-in\?from=%2Finbox/)
    await expect(other.getByRole('status')).toContainText('You were signed out')
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible()
    await other.context().close()
  })

  test('is listed with where, by what and since when, and ended by itself', async ({
    page,
    product,
    browser,
  }) => {
    const person = await product.person('Hanna Oja')
    await signInByPage(page, product, person)
    const other = await (await browser.newContext()).newPage()
    await signInByPage(other, product, person)
    await page.goto('/account')
    await ready(page)
    const sessions = page.getByRole('table', { name: 'Your sessions' })
    const own = sessions.getByRole('row').filter({ hasText: 'This one' })
    for (const said of [/Chrome on/, 'One-time link', 'Last used']) {
      await expect(own).toContainText(said)
    }
    await sessions.getByRole('button', { name: /^End the session Chrome on .* since/ }).click()
    await expect(page.getByRole('status')).toContainText('Session ended')
    await expect(sessions.getByRole('row')).toHaveCount(2)
    await other.goto('/inbox')
    await expect(other).toHaveURL(/\/sign-in\?from=%2Finbox/)
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible()
    await other.context().close()
  })

  test('that was ended keeps what was typed, and records nothing', async ({ page, product }) => {
    const person = await product.newcomer('Hanna Oja')
    await authenticator(page, product)
    await signInByPage(page, product, person)
    await page.getByText('Add a passkey', { exact: true }).click()
    await page.getByLabel('What you call it').fill('Work laptop')
    const { db } = product.runtime
    await db.session.updateMany({ where: { personId: person.id }, data: { revokedAt: new Date() } })
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await expect(alertIn(page)).toContainText('You are signed out')
    await expect(page.getByLabel('What you call it')).toHaveValue('Work laptop')
    expect(await db.passkey.count({ where: { personId: person.id } })).toBe(0)
  })

  test('is ended by signing out, wherever else its cookie is', async ({
    page,
    product,
    browser,
  }) => {
    const person = await product.person('Hanna Oja')
    await signInByPage(page, product, person)
    const storageState = await page.context().storageState()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/\/sign-in\?out=yes$/)
    const thief = await (await browser.newContext({ storageState })).newPage()
    await thief.goto('/account')
    await expect(thief).toHaveURL(/\/sign-in\?from=/)
    await thief.context().close()
  })

  test('is refused once its person was deactivated', async ({ page, product }) => {
    const person = await product.newcomer('Hanna Oja')
    await signInByPage(page, product, person)
    const data = { active: false }
    await product.runtime.db.person.update({ where: { id: person.id }, data })
    await page.goto('/account')
    await ready(page)
    await expect(page).toHaveURL(/\/sign-in\?from=/)
  })
})

test.describe('a post that no page of ours sent is refused', () => {
  const FOREIGN: Record<string, string>[] = [
    {},
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost' },
  ]

  test('signing in', async ({ product, request }) => {
    const person = await product.newcomer('Jule Anders')
    const secret = (await product.link(person.id)).split('#')[1] ?? ''
    const { csrfToken } = await (await request.get('/api/auth/csrf')).json()
    const form = { secret, csrfToken, json: 'true' }
    const withoutNonce = { form, headers: { origin: product.url } }
    expect((await request.post('/api/auth/callback/link', withoutNonce)).status()).toBe(403)
    await request.get('/sign-in')
    const post = (headers: Record<string, string>) =>
      request.post('/api/auth/callback/link', { form, headers })
    for (const headers of FOREIGN) expect((await post(headers)).status()).toBe(403)
    const crossSite = { origin: product.url, 'sec-fetch-site': 'cross-site' }
    expect((await post(crossSite)).status()).toBe(403)
    const { db } = product.runtime
    expect(await db.session.count({ where: { personId: person.id } })).toBe(0)
    expect((await post({ origin: product.url })).status()).toBe(200)
    expect(await db.session.count({ where: { personId: person.id } })).toBe(1)
  })

  test('signing in without the door’s own token', async ({ product, request }) => {
    const person = await product.newcomer('Jule Anders')
    const secret = (await product.link(person.id)).split('#')[1] ?? ''
    const headers = { origin: product.url }
    await request.get('/sign-in')
    await request.post('/api/auth/callback/link', { form: { secret, json: 'true' }, headers })
    const { db } = product.runtime
    expect(await db.session.count({ where: { personId: person.id } })).toBe(0)
  })

  test('signing out', async ({ page, product }) => {
    const person = await product.person('Jule Anders')
    await signInByPage(page, product, person)
    for (const headers of FOREIGN) {
      const answer = await page.request.post('/sign-out', { headers, maxRedirects: 0 })
      expect(answer.status()).toBe(403)
    }
    await page.goto('/account')
    await ready(page)
    await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible()
  })

  test('changing an account', async ({ page, product, browser }) => {
    const person = await product.person('Jule Anders')
    await signInByPage(page, product, person)
    const other = await (await browser.newContext()).newPage()
    await signInByPage(other, product, person)
    await page.goto('/account')
    await ready(page)
    const sent = page.waitForRequest((request) => request.headers()['next-action'] !== undefined)
    // What the page would send is taken down and never arrives.
    await page.route('**/account', (route) => route.abort())
    await page.getByRole('button', { name: 'End all others' }).click()
    const { 'next-action': action = '', 'content-type': type = '' } = (await sent).headers()
    const data = (await sent).postData() ?? ''
    for (const headers of FOREIGN) {
      await page.request.post('/account', {
        data,
        headers: { 'next-action': action, 'content-type': type, ...headers },
      })
    }
    const { db } = product.runtime
    const live = { personId: person.id, revokedAt: null }
    expect(await db.session.count({ where: live })).toBe(2)
    await page.request.post('/account', {
      data,
      headers: { 'next-action': action, 'content-type': type, origin: product.url },
    })
    expect(await db.session.count({ where: live })).toBe(1)
    await other.context().close()
  })

  test('and what the door does not need does not exist', async ({ product, request }) => {
    const headers = { origin: product.url }
    await request.get('/sign-in')
    for (const path of ['session', 'providers', 'signout', 'callback/link']) {
      expect((await request.get(`/api/auth/${path}`)).status()).toBe(404)
    }
    for (const path of ['_log', 'signout', 'session', 'signin/link']) {
      expect((await request.post(`/api/auth/${path}`, { headers, form: {} })).status()).toBe(404)
    }
    const form = { secret: 'x'.repeat(40_000) }
    expect((await request.post('/api/auth/callback/link', { headers, form })).status()).toBe(413)
  })
})

test('the pages are accessible and fit 1280 and 360 px, in light and dark', async ({
  page,
  product,
}) => {
  test.setTimeout(120_000)
  const person = await product.person('Pia Wolff')
  await page.goto('/sign-in?error=AccessDenied')
  await expectGood(page, { about: 'sign in' })
  await page.goto('/sign-in/link#short')
  await expect(alertIn(page)).toBeVisible()
  await expectGood(page, { about: 'a link cut short' })
  await page.goto(await product.link(person.id))
  await expect(page.getByRole('button', { name: /Sign in as/ })).toBeEnabled()
  await expectGood(page, { about: 'a link' })
  await page.getByRole('button', { name: /Sign in as/ }).click()
  await expect(page).toHaveURL(`${product.url}/inbox`)
  await page.goto('/account')
  await ready(page)
  await page.getByText('Add a passkey', { exact: true }).click()
  await page.getByText('Replace the authenticator app').click()
  for (const button of await page.getByRole('button', { name: /^Remove / }).all()) {
    await button.click()
  }
  await expectGood(page, { about: 'the account' })
})
