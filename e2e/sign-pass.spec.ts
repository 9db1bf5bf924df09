import { type Browser, expect, type Page } from '@playwright/test'
import { addMember } from '../lib/commands/directory/add-member'
import { createSignPass } from '../lib/commands/slack/person/create-sign-pass'
import { must } from '../scripts/lib/demo-people'
import { attachPlan } from '../scripts/lib/demo-votes'
import { expectAccessible } from './accessible'
import { registerCaller } from './callers'
import { alertIn, authenticator, type Product, ready, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }

test.use({ viewport: { width: 360, height: 740 } })

/** Says who a Slack user is, as the page that links them does. */
async function link({ runtime }: Product, personId: string): Promise<string> {
  const id = runtime.newId('slk')
  const user = { teamId: 'T0E2E', userId: `U${id.slice(4)}`, userName: 'somebody' }
  await runtime.db.slackLink.create({ data: { id, personId, ...user, linkedAt: new Date() } })
  return id
}

/** A held request, an approver who is linked, and the link that Slack would show them. */
async function passFor(product: Product, name = 'Mara Lindqvist') {
  const caller = await registerCaller(product)
  const person = await product.person(name, RELEASE_MANAGER)
  const linkId = await link(product, person.id)
  const requestId = (await caller.ask()).request_id
  const url = await linkOf(product, person.id, requestId)
  return { caller, person, linkId, requestId, url }
}

async function linkOf({ runtime }: Product, personId: string, requestId: string) {
  return must(await createSignPass(runtime, { personId, requestId })).url
}

/** Opens a link as somebody does who comes from elsewhere, and waits for the page behind it. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await expect(page).toHaveURL(url.replace(/#.*/, ''))
  await ready(page)
}

async function elsewhere(browser: Browser): Promise<Page> {
  return await (await browser.newContext()).newPage()
}

/** As a page that was tampered with: whatever passkey is at hand may answer. */
async function takeAnyPasskey(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const get = navigator.credentials.get.bind(navigator.credentials)
    navigator.credentials.get = (options) => {
      const { publicKey } = options ?? {}
      if (publicKey) publicKey.allowCredentials = []
      return get(options)
    }
  })
}

const approveButton = (page: Page) => page.getByRole('button', { name: 'Approve with passkey' })

test.describe('a link from Slack', () => {
  test('on a phone where nobody is signed in, one passkey ceremony says who votes, and votes', async ({
    page,
    product,
  }) => {
    const { caller, person, requestId, url } = await passFor(product)
    await (await authenticator(page, product)).hold(person.passkey)
    await open(page, url)
    await expect(page.getByText(`${caller.name} asks`)).toBeVisible()
    await expect(
      page.getByRole('heading', { name: `${person.name} signs these words` }),
    ).toBeInViewport()
    await expect(page.getByText(`Only a passkey of ${person.name} votes here.`)).toBeVisible()
    await expectAccessible(page)
    expect(await page.evaluate(() => document.body.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await approveButton(page).click()
    await expect(page.getByRole('heading', { name: 'Signed, still held' })).toBeVisible()
    await expect(page.locator('.sig .name')).toHaveText(person.name)
    const votes = await product.runtime.db.vote.findMany({ where: { requestId } })
    expect(votes).toMatchObject([
      {
        personId: person.id,
        choice: 'approve',
        method: 'passkey',
        channel: 'web',
        receipt: { challenge: { approver: person.id, request_id: requestId } },
      },
    ])
    // What comes next is told here too, for as long as the link holds.
    await attachPlan(product.runtime, requestId, { id: caller.ownerId })
    await expect(page.getByRole('button', { name: 'Confirm with passkey' })).toBeVisible()
    await page.getByRole('button', { name: 'Confirm with passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Signed and released' })).toBeVisible()
  })

  test('opens one page and nothing else: no session, no inbox, no ticket, no stream of changes', async ({
    page,
    product,
  }) => {
    const { requestId, url, person } = await passFor(product)
    const other = (await (await registerCaller(product)).ask()).request_id
    await open(page, url)
    await expect(approveButton(page)).toBeVisible()
    const cookies = await page.context().cookies()
    const held = { httpOnly: true, sameSite: 'Strict' }
    expect(cookies.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      expect.objectContaining({ name: 'countersign.nonce', path: '/', ...held }),
      expect.objectContaining({ name: 'countersign.pass', path: `/sign/${requestId}`, ...held }),
    ])
    for (const path of ['/inbox', '/account', `/tickets/${requestId}`, `/sign/${other}`]) {
      await page.goto(path)
      await expect(page).toHaveURL(/\/sign-in\?from=/)
    }
    expect((await page.request.get(`/api/events?request=${requestId}`)).status()).toBe(401)
    expect(await product.runtime.db.session.count({ where: { personId: person.id } })).toBe(0)
  })

  test('is not used up by whoever only opens its address, and is once it was exchanged', async ({
    page,
    browser,
    product,
  }) => {
    const { url } = await passFor(product)
    for (let times = 0; times < 3; times += 1)
      expect((await page.request.get(url)).status()).toBe(200)
    await open(page, url)
    await expect(approveButton(page)).toBeVisible()
    // The same browser comes again from Slack; another one is too late.
    await page.goto('about:blank')
    await open(page, url)
    await expect(approveButton(page)).toBeVisible()
    const late = await elsewhere(browser)
    await late.goto(url)
    await expect(late.getByRole('heading', { name: 'This link is over' })).toBeVisible()
    await expect(late.getByText('A vote given here before stands.')).toBeVisible()
    await expectAccessible(late)
    await late.context().close()
  })

  test('is exchanged for a page of our own alone', async ({ page, product }) => {
    const { requestId, url } = await passFor(product)
    const sent = page.waitForRequest((request) => request.headers()['next-action'] !== undefined)
    await page.route('**/sign/**', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    )
    await page.goto(url)
    const { 'next-action': action = '', 'content-type': type = '' } = (await sent).headers()
    const data = (await sent).postData() ?? ''
    const post = (headers: Record<string, string>) =>
      page.request.post(`/sign/${requestId}`, {
        data,
        headers: { 'next-action': action, 'content-type': type, ...headers },
      })
    const used = () =>
      product.runtime.db.signPass.count({ where: { requestId, usedAt: { not: null } } })
    const crossSite = { origin: product.url, 'sec-fetch-site': 'cross-site' }
    for (const headers of [{}, { origin: 'null' }, { origin: 'https://evil.example' }, crossSite]) {
      await post(headers as Record<string, string>)
      expect(await used()).toBe(0)
    }
    await post({ origin: product.url })
    expect(await used()).toBe(1)
  })

  test("takes nobody else's passkey, and says so", async ({ page, product }) => {
    const tomas = await product.person('Tomás Rey', RELEASE_MANAGER)
    const { person, requestId, url } = await passFor(product)
    await (await authenticator(page, product)).hold(tomas.passkey)
    await takeAnyPasskey(page)
    await open(page, url)
    await approveButton(page).click()
    await expect(alertIn(page)).toContainText('This passkey belongs to somebody else')
    await expect(alertIn(page)).toContainText(`Only a passkey of ${person.name} counts here.`)
    expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
  })

  test('rejects with the passkey too, since nobody is known without it', async ({
    page,
    product,
  }) => {
    const { person, requestId, url } = await passFor(product)
    const device = await authenticator(page, product)
    await open(page, url)
    await page.getByText('Reject', { exact: true }).click()
    const send = page.getByRole('button', { name: 'Reject, nothing will run' })
    await send.click()
    await expect(page.getByText('Choose one.')).toBeVisible()
    await page.getByLabel('Too risky as it stands').check()
    await send.click()
    await expect(alertIn(page)).toContainText('No passkey was used.')
    expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
    await device.hold(person.passkey)
    await send.click()
    await expect(page.getByRole('heading', { name: 'Rejected, nothing will run' })).toBeVisible()
    const [vote] = await product.runtime.db.vote.findMany({ where: { requestId } })
    expect(vote).toMatchObject({ personId: person.id, choice: 'reject', method: 'passkey' })
  })

  test('does nothing that takes a session, such as withdrawing the vote', async ({
    page,
    browser,
    product,
  }) => {
    const { person, requestId, url } = await passFor(product)
    const desk = await elsewhere(browser)
    await (await authenticator(desk, product)).hold(person.passkey)
    await signIn(desk, product, person)
    await desk.goto(`/tickets/${requestId}`)
    await ready(desk)
    await approveButton(desk).click()
    const withdraw = desk.getByRole('button', { name: 'Withdraw my vote' })
    await expect(withdraw).toBeVisible()
    const sent = desk.waitForRequest((request) => request.headers()['next-action'] !== undefined)
    await desk.route('**/tickets/**', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    )
    await withdraw.click()
    const { 'next-action': action = '', 'content-type': type = '' } = (await sent).headers()
    const data = (await sent).postData() ?? ''
    await open(page, url)
    const answer = await page.request.post(`/sign/${requestId}`, {
      data,
      headers: { 'next-action': action, 'content-type': type, origin: product.url },
    })
    expect(await answer.text()).toContain('You are signed out')
    expect(await product.runtime.db.vote.count({ where: { requestId, endedAt: null } })).toBe(1)
    await desk.context().close()
  })
})

test.describe('whose vote it would be', () => {
  test('is said where somebody else is signed in, and is never theirs', async ({
    page,
    product,
  }) => {
    const tomas = await product.person('Tomás Rey', RELEASE_MANAGER)
    const { person, requestId, url } = await passFor(product)
    const device = await authenticator(page, product)
    await device.hold(tomas.passkey)
    await takeAnyPasskey(page)
    await signIn(page, product, tomas)
    await open(page, url)
    await expect(page.getByText(`This link is for ${person.name}.`)).toBeVisible()
    await expectAccessible(page)
    await approveButton(page).click()
    await expect(alertIn(page)).toContainText('This passkey belongs to somebody else')
    expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
    await page.getByRole('button', { name: `Look as ${tomas.name} instead` }).click()
    await expect(page.getByText(`You sign as ${tomas.name}.`)).toBeVisible()
    await approveButton(page).click()
    await expect(page.locator('.sig .name')).toHaveText(tomas.name)
    // The link was left for good.
    await page.goto(url)
    await expect(alertIn(page)).toContainText(`You look at this as ${tomas.name}.`)
  })

  test('is plain where the person is signed in: the page is that of the session', async ({
    page,
    product,
  }) => {
    const { person, url } = await passFor(product)
    await signIn(page, product, person)
    await open(page, url)
    await expect(page.getByText(`You sign as ${person.name}.`)).toBeVisible()
    await expect(page.locator('.live[data-live="true"]')).toBeAttached()
  })
})

test.describe('a page that was opened by a link ends', () => {
  const ends: [
    string,
    (product: Product, pass: { personId: string; linkId: string }) => Promise<unknown>,
  ][] = [
    [
      'when the person is deactivated',
      ({ runtime }, { personId: id }) =>
        runtime.db.person.update({ where: { id }, data: { active: false } }),
    ],
    [
      'when the Slack link ends',
      ({ runtime }, { linkId: id }) =>
        runtime.db.slackLink.update({ where: { id }, data: { endedAt: new Date() } }),
    ],
    [
      'after ten minutes',
      ({ runtime }, { personId }) =>
        runtime.db.signPass.updateMany({ where: { personId }, data: { expiresAt: new Date() } }),
    ],
  ]
  for (const [when, end] of ends) {
    test(when, async ({ page, product }) => {
      const { person, linkId, requestId, url } = await passFor(product)
      await (await authenticator(page, product)).hold(person.passkey)
      await open(page, url)
      await end(product, { personId: person.id, linkId })
      // The press finds the page as it was, or it has read itself again: either way nothing is signed.
      await approveButton(page)
        .click({ timeout: 1_000 })
        .catch(() => undefined)
      await expect(page.getByText('This link is over')).toBeVisible()
      expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
      await page.goto(`/sign/${requestId}`)
      await expect(page.getByRole('heading', { name: 'This link is over' })).toBeVisible()
    })
  }

  test('but still shows how the request ended', async ({ page, product }) => {
    const { caller, requestId, url } = await passFor(product)
    await open(page, url)
    await caller.agent.cancel(requestId)
    await expect(page.getByRole('heading', { name: 'Cancelled, nothing ran' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'Sign in to see how it ended' })).toBeVisible()
    await expect(page.getByRole('button', { name: /Approve|Reject/ })).toHaveCount(0)
  })
})

test('whoever has no passkey, or one that waits to be confirmed, is told what to do', async ({
  page,
  product,
}) => {
  const { runtime } = product
  const newcomer = await product.newcomer('Noor Haddad')
  must(
    await addMember(runtime, {
      group: 'release_managers',
      label: 'Release managers',
      personId: newcomer.id,
      expiresAt: null,
      byPersonId: null,
    }),
  )
  await link(product, newcomer.id)
  const requestId = (await (await registerCaller(product)).ask()).request_id
  await open(page, await linkOf(product, newcomer.id, requestId))
  await expect(page.getByText('You have no passkey.')).toBeVisible()
  await expect(page.getByRole('button', { name: /Approve|Reject/ })).toHaveCount(0)
  await expectAccessible(page)
  const { db } = runtime
  const passkey = {
    personId: newcomer.id,
    credentialId: `e2e${newcomer.id}`,
    publicKey: new Uint8Array([0]),
    counter: 0,
    name: 'Phone',
  }
  const id = runtime.newId('pky')
  await db.passkey.create({ data: { id, ...passkey } })
  await expect(
    page.getByText('Your passkey waits for a second person to confirm it.'),
  ).toBeVisible()
  await db.passkey.update({ where: { id }, data: { confirmedAt: new Date() } })
  await expect(page.getByText('Your passkey is newer than this request.')).toBeVisible()
})
