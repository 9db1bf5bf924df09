import { expect, type Page } from '@playwright/test'
import { freePort } from '../scripts/free-port'
import { type Supervised, supervise } from '../scripts/run/supervise'
import { CLIENT, type Issuer, startIssuer } from './doubles/issuer'
import { type HostProxy, startProxy } from './doubles/proxy'
import { alertIn, type Product, test } from './fixtures'

/** A second web process on the same database: with single sign-on, and behind a proxy that changes the host. */
let issuer: Issuer
let proxy: HostProxy
let web: Supervised

test.beforeAll(async () => {
  const port = await freePort()
  issuer = await startIssuer()
  proxy = await startProxy(port)
  web = supervise({
    name: 'web',
    args: ['dist/server.js'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: process.env['E2E_DATABASE_URL'],
      COUNTERSIGN_SECRET: process.env['E2E_SECRET'],
      PUBLIC_URL: proxy.url,
      PORT: String(port),
      LOG_LEVEL: 'fatal',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Osterby ID',
    },
    onCrash: (sentence) => {
      throw new Error(sentence)
    },
  })
  const readyz = `${proxy.url}/readyz`
  const status = () => fetch(readyz).then((answer) => answer.status)
  await expect.poll(status, { timeout: 30_000 }).toBe(200)
})

test.afterAll(async () => {
  await web.stop()
  await Promise.all([proxy.close(), issuer.close()])
})

async function emailOf({ runtime }: Product, personId: string): Promise<string> {
  return (await runtime.db.person.findUniqueOrThrow({ where: { id: personId } })).email
}

async function continueWithIssuer(page: Page, path: string): Promise<void> {
  await page.goto(`${proxy.url}${path}`)
  await page.getByRole('button', { name: 'Continue with Osterby ID' }).click()
}

test('signs in who holds the address that the issuer vouches for, and goes where one wanted to', async ({
  page,
  product,
}) => {
  const person = await product.person('Greta Moll')
  issuer.next = { email: (await emailOf(product, person.id)).toUpperCase() }
  await continueWithIssuer(page, '/account')
  await expect(page).toHaveURL(`${proxy.url}/account`)
  await expect(page.getByRole('row').filter({ hasText: 'This one' })).toContainText(
    'Single sign-on',
  )
  expect(issuer.redirectUris.at(-1)).toBe(`${proxy.url}/api/auth/callback/oidc`)
})

test('signs nobody in by an address that nobody here has, or that the issuer does not vouch for', async ({
  page,
  product,
}) => {
  const person = await product.newcomer('Greta Moll')
  const email = await emailOf(product, person.id)
  for (const next of [
    { email: 'nobody@osterby.example' },
    { email, email_verified: false },
    { email, email_verified: 'true' },
    { email: [email] },
    {},
  ]) {
    issuer.next = next
    await continueWithIssuer(page, '/sign-in')
    await expect(alertIn(page)).toContainText('Nobody here has the address')
  }
  const { db } = product.runtime
  expect(await db.session.count({ where: { personId: person.id } })).toBe(0)
})

test('signs nobody in by an answer that is not to our question', async ({ page, product }) => {
  const person = await product.newcomer('Greta Moll')
  const email = await emailOf(product, person.id)
  for (const odd of [
    { nonce: 'another' },
    { aud: 'another-client' },
    { iss: 'https://evil.example' },
    { exp: Math.floor(Date.now() / 1000) - 60 },
  ]) {
    issuer.next = { email, ...odd }
    await continueWithIssuer(page, '/sign-in')
    await expect(alertIn(page)).toContainText('Single sign-on did not finish')
  }
  await page.goto(`${proxy.url}/api/auth/callback/oidc?code=code-0&state=guessed`)
  await expect(alertIn(page)).toContainText('Single sign-on did not finish')
  const { db } = product.runtime
  expect(await db.session.count({ where: { personId: person.id } })).toBe(0)
})

test('links and forms work behind a proxy that changes the host, and lead nowhere else', async ({
  page,
  product,
}) => {
  const person = await product.newcomer('Greta Moll')
  const secret = (await product.link(person.id)).split('#')[1]
  await page.goto(`${proxy.url}/sign-in/link#${secret}`)
  await page.getByRole('button', { name: 'Sign in as Greta Moll' }).click()
  await expect(page).toHaveURL(`${proxy.url}/account`)
  await page.getByText('Add an authenticator app', { exact: true }).click()
  await page.getByRole('button', { name: 'Show the code to scan' }).click()
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(`${proxy.url}/sign-in?out=yes`)
  for (const path of ['/', '/inbox', '/api/auth/signin', '/api/auth/error?error=Callback']) {
    const answer = await page.request.get(`${proxy.url}${path}`, { maxRedirects: 0 })
    const location = answer.headers()['location'] ?? ''
    expect(new URL(location, proxy.url).origin, path).toBe(proxy.url)
  }
})
