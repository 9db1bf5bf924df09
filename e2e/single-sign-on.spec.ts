import { type BrowserContext, expect, type Page } from '@playwright/test'
import { freePort } from '../scripts/free-port'
import { type Supervised, supervise } from '../scripts/run/supervise'
import { type SmtpSink, startSmtpSink } from '../test/smtp-sink'
import { expectGood } from './accessible'
import { CLIENT, type Forgery, type Issuer, startIssuer } from './doubles/issuer'
import { type HostProxy, startProxy } from './doubles/proxy'
import { alertIn, type Product, ready, test } from './fixtures'

/** A second web process on the same database: with single sign-on and mail, and behind a proxy that changes the host. */
let issuer: Issuer
let proxy: HostProxy
let web: Supervised
let sink: SmtpSink

test.beforeAll(async () => {
  const port = await freePort()
  proxy = await startProxy(port)
  issuer = await startIssuer({ redirectUri: `${proxy.url}/api/auth/callback/oidc` })
  sink = await startSmtpSink()
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
      TRUSTED_PROXIES: '127.0.0.0/8,::1',
      LOG_LEVEL: 'fatal',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Osterby ID',
      OIDC_GROUPS_CLAIM: 'groups',
      OIDC_GROUPS: 'on-call:release_managers',
      SMTP_URL: sink.url,
      MAIL_FROM: 'Countersign <countersign@osterby.example>',
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
  await Promise.all([proxy.close(), issuer.close(), sink.close()])
})

test.beforeEach(() => {
  issuer.forgery = null
})

async function emailOf({ runtime }: Product, personId: string): Promise<string> {
  return (await runtime.db.person.findUniqueOrThrow({ where: { id: personId } })).email
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>

const sessionsOf = ({ runtime }: Product, personId: string) =>
  runtime.db.session.count({ where: { personId } })

/** What a browser holds at the issuer is forgotten, so that whoever is named next signs in there. */
async function continueWithIssuer(page: Page, path: string): Promise<void> {
  await page.context().clearCookies({ name: /^_(session|interaction)/ })
  await page.goto(`${proxy.url}${path}`)
  await page.getByRole('button', { name: 'Continue with Osterby ID' }).click()
}

const BROKE = 'Single sign-on did not finish'
const NOBODY = 'Single sign-on named nobody here'

test.describe('single sign-on', () => {
  test('signs in who has the verified address, and from then on by the subject, whatever the address', async ({
    page,
    product,
  }) => {
    const person = await product.person('Greta Moll')
    const email = (await emailOf(product, person.id)).toUpperCase()
    const sub = `account of ${person.id}`
    issuer.account = { sub, email, email_verified: true, groups: ['on-call', 'others'] }
    await continueWithIssuer(page, '/account')
    await expect(page).toHaveURL(`${proxy.url}/account`)
    await expect(page.getByRole('row').filter({ hasText: 'This one' })).toContainText(
      'Single sign-on',
    )
    await expect(page.getByText('by 127.0.0.1').first()).toBeVisible()
    await expect(page.getByText(/Release managers until/)).toBeVisible()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/out=yes/)
    issuer.account = { sub, email: 'elsewhere@osterby.example', email_verified: false }
    await continueWithIssuer(page, '/account')
    await expect(page).toHaveURL(`${proxy.url}/account`)
    await expect(page.getByText(/Release managers until/)).toHaveCount(0)
    expect(await sessionsOf(product, person.id)).toBe(2)
  })

  test('signs nobody in by an address that nobody here has, that is not verified, or that is another subject’s', async ({
    page,
    product,
  }) => {
    const person = await product.newcomer('Greta Moll')
    const gone = await product.newcomer('Greta Moll')
    const email = await emailOf(product, person.id)
    const { db } = product.runtime
    await db.person.update({ where: { id: gone.id }, data: { active: false } })
    const taken = { issuer: issuer.url, subject: 'the first', personId: person.id }
    const sub = 'the second'
    const tryAs = async (account: object) => {
      issuer.account = { sub, ...account }
      await continueWithIssuer(page, '/sign-in')
      await expect(alertIn(page)).toContainText(NOBODY)
    }
    await tryAs({ email: 'nobody@osterby.example', email_verified: true })
    await tryAs({ email: await emailOf(product, gone.id), email_verified: true })
    await tryAs({ email, email_verified: false })
    await tryAs({ email, email_verified: 'true' })
    await tryAs({ email })
    await tryAs({})
    await db.oidcIdentity.create({ data: { ...taken, linkedAt: new Date() } })
    await tryAs({ email, email_verified: true })
    expect(await sessionsOf(product, person.id)).toBe(0)
    const last = await db.event.findFirst({
      where: { stream: `person:${person.id}` },
      orderBy: { ordinal: 'desc' },
    })
    expect(last?.type).toBe('oidc_identity.refused')
  })

  test('signs nobody in by an ID token that is not the issuer’s, for us, for now and to our question', async ({
    page,
    product,
  }) => {
    const person = await product.newcomer('Greta Moll')
    const sub = `account of ${person.id}`
    issuer.account = { sub, email: await emailOf(product, person.id), email_verified: true }
    const now = Math.floor(Date.now() / 1000)
    const forgeries: Forgery[] = [
      { claims: { nonce: 'another' } },
      { claims: { nonce: undefined } },
      { claims: { aud: 'another-client' } },
      { claims: { iss: 'https://evil.example' } },
      { claims: { iat: now - 7200, exp: now - 3600 } },
      { by: 'none' },
      { by: 'other' },
    ]
    for (const forgery of forgeries) {
      issuer.forgery = forgery
      await continueWithIssuer(page, '/sign-in')
      await expect(alertIn(page)).toContainText(BROKE)
    }
    expect(await sessionsOf(product, person.id)).toBe(0)
    issuer.forgery = {}
    await continueWithIssuer(page, '/account')
    await expect(page).toHaveURL(`${proxy.url}/account`)
  })

  test('signs in once by a state, also for who kept the cookies, and never by one that was guessed', async ({
    page,
    product,
  }) => {
    const person = await product.newcomer('Greta Moll')
    const sub = `account of ${person.id}`
    issuer.account = { sub, email: await emailOf(product, person.id), email_verified: true }
    await page.goto(`${proxy.url}/api/auth/callback/oidc?code=x&state=guessed`)
    await expect(alertIn(page)).toContainText(BROKE)

    const visited: string[] = []
    page.on('request', (request) => void visited.push(request.url()))
    const kept = await keepCookies(page)
    await continueWithIssuer(page, '/account')
    await expect(page).toHaveURL(`${proxy.url}/account`)
    const question = visited.find((url) => url.startsWith(`${issuer.url}/auth?`)) ?? ''
    const answer = visited.find((url) => url.includes('/api/auth/callback/oidc?')) ?? ''
    expect(kept().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'next-auth.state',
        'next-auth.nonce',
        'next-auth.pkce.code_verifier',
      ]),
    )
    const again = async (url: string, said: string) => {
      await page.context().clearCookies()
      await page.context().addCookies(kept())
      await page.goto(url)
      await expect(alertIn(page)).toContainText(said)
    }
    await again(answer, BROKE)
    // The issuer gives a new code for the old question: nothing but the state was used before.
    await again(question, NOBODY)
    expect(await sessionsOf(product, person.id)).toBe(1)
  })
})

/** The cookies with which a browser goes to the issuer, and comes back: the answer takes them away. */
async function keepCookies(page: Page): Promise<() => Cookies> {
  let kept: Cookies = []
  await page.route(`${issuer.url}/auth?**`, async (route) => {
    if (kept.length === 0) kept = await page.context().cookies(proxy.url)
    await route.continue()
  })
  return () => kept
}

test.describe('a link by mail', () => {
  const ask = async (page: Page, email: string) => {
    await page.goto(`${proxy.url}/sign-in`)
    await ready(page)
    await page.getByLabel('E-mail address', { exact: true }).fill(email)
    await page.getByRole('button', { name: 'Mail me a link' }).click()
    return page.getByRole('status')
  }

  test('is told in the same words to everybody, goes to who is here alone, and signs them in', async ({
    page,
    product,
  }) => {
    const person = await product.newcomer('Greta Moll')
    const email = await emailOf(product, person.id)
    sink.mails.length = 0
    let open: () => void = () => undefined
    sink.gate = new Promise((resolve) => {
      open = resolve
    })
    const words = 'If somebody here has this address, a link is on its way to it.'
    await expect(await ask(page, 'nobody@osterby.example')).toContainText(words)
    // The answer waits for no mail server: this one says nothing yet.
    await expect(await ask(page, email.toUpperCase())).toContainText(words)
    open()
    await expect.poll(() => sink.mails.map(({ to }) => to)).toEqual([[email]])
    const link = /http:\S+#[\w-]{43}/.exec(sink.mails[0]?.text ?? '')?.[0] ?? ''
    await page.goto(link)
    await page.getByRole('button', { name: 'Sign in as Greta Moll' }).click()
    await expect(page).toHaveURL(`${proxy.url}/account`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.goto(link)
    await expect(alertIn(page)).toContainText('It was used already')
  })

  test('fills nobody’s mailbox, and tells of what is no address beside it', async ({
    page,
    product,
  }) => {
    await ask(page, 'mara at osterby')
    await expect(page.getByText('Type your whole e-mail address')).toBeVisible()
    await expect(page.getByLabel('E-mail address', { exact: true })).toHaveValue('mara at osterby')
    await expectGood(page, { about: 'every way to sign in' })
    const person = await product.newcomer('Greta Moll')
    const email = await emailOf(product, person.id)
    for (let count = 0; count < 5; count++) {
      await expect(await ask(page, email)).toContainText('a link is on its way')
    }
    await ask(page, email)
    await expect(alertIn(page)).toContainText('Too many attempts')
  })
})

test('an invitation goes by mail where there is one, unseen by who invites; an admin unlinks an account', async ({
  page,
  product,
}) => {
  const admin = await product.person('Nora Invites', { roles: ['admin'] })
  const linked = await product.newcomer('Greta Moll')
  const subject = `account of ${linked.id}`
  const row = { issuer: issuer.url, subject, personId: linked.id, linkedAt: new Date() }
  await product.runtime.db.oidcIdentity.create({ data: row })
  await page.goto(`${proxy.url}/sign-in/link#${(await product.link(admin.id)).split('#')[1]}`)
  await page.getByRole('button', { name: 'Sign in as Nora Invites' }).click()
  await expect(page).toHaveURL(`${proxy.url}/inbox`)
  await page.goto(`${proxy.url}/people`)
  await ready(page)
  await page.getByText('Invite somebody', { exact: true }).click()
  await page.getByLabel('Name', { exact: true }).fill('Noor Invited')
  const email = `noor.mailed.${process.pid}.${Date.now()}@osterby.example`
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByText(`A link was mailed to ${email}.`)).toBeVisible()
  await expect(page.locator('code', { hasText: '/sign-in/link#' })).toHaveCount(0)
  const mail = sink.mails.at(-1)
  expect(mail?.to).toEqual([email])
  expect(mail?.text).toContain('Nora Invites invites you')
  await page.goto(`${proxy.url}/people/${linked.id}`)
  await ready(page)
  await page.getByRole('button', { name: 'Unlink single sign-on' }).click()
  await expect(page.getByRole('dialog')).toContainText('The next account there with their address')
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
