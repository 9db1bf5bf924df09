import { randomBytes } from 'node:crypto'
import { expect, type Page } from '@playwright/test'
import { startSlackLink } from '../lib/commands/slack/person/start-slack-link'
import { unlinkSlack } from '../lib/commands/slack/person/unlink-slack'
import { newId } from '../lib/core/ids'
import { must } from '../scripts/lib/demo-people'
import { expectAccessible, expectGood } from './accessible'
import { registerCaller } from './callers'
import { alertIn, type Product, proveLink, ready, signIn, signInByPage, test } from './fixtures'

const ADMIN = { roles: ['admin' as const] }
const APPROVER = { groups: ['release_managers'] }

let count = 0
/** A Slack user that nobody is yet. */
const newUser = () => `U0CONSOLE${++count}X${process.pid}`

/** Types /countersign link in Slack, as that user. */
async function addressFor(product: Product, userId: string, userName: string): Promise<string> {
  const { teamId } = await product.runtime.db.slackWorkspace.findUniqueOrThrow({ where: { id: 1 } })
  const user = { enterpriseId: '', teamId, userId }
  return must(await startSlackLink(product.runtime, { user, userName })).url
}

async function link(product: Product, personId: string, userName: string): Promise<string> {
  const { db, newId: idOf } = product.runtime
  const { teamId } = await db.slackWorkspace.findUniqueOrThrow({ where: { id: 1 } })
  const userId = newUser()
  await db.slackLink.create({
    data: { id: idOf('slk'), personId, teamId, userId, userName, linkedAt: new Date() },
  })
  return userId
}

const liveLink = ({ runtime }: Product, personId: string) =>
  runtime.db.slackLink.findFirst({ where: { personId, endedAt: null } })

/** A message that did not get through. */
async function failedMessage({ runtime }: Product, requestId: string): Promise<string> {
  const { db } = runtime
  const { callerId } = await db.request.findUniqueOrThrow({ where: { id: requestId } })
  const id = newId('msg', Date.now(), randomBytes(10))
  await db.slackMessage.create({
    data: {
      id,
      kind: 'alert',
      requestId,
      callerId,
      channelId: 'C0ALERTS01',
      state: 'given_up',
      why: 'Slack did not answer in time.',
      attempts: 8,
      createdAt: new Date(),
    },
  })
  return id
}

/** Whoever is to be told has been told: no worker has anything left to say of it. */
async function untilAnnounced({ runtime: { db } }: Product, requestId: string): Promise<void> {
  const settled = async () => {
    const waking = await db.outbox.count({ where: { requestId, topic: 'notify', doneAt: null } })
    const messages = await db.slackMessage.findMany({ where: { requestId } })
    return waking === 0 && messages.some(({ state }) => state === 'sent')
  }
  await expect.poll(settled).toBe(true)
}

/** The sign-in page knows where to go afterwards, also by a one-time link: a person takes longer than the page to note it. */
async function whereToIsKept(page: Page): Promise<void> {
  await page.waitForFunction(() => localStorage.getItem('countersign.where-to') !== null)
}

async function isGood(page: Page): Promise<void> {
  await expect(page.locator('main h1')).toBeVisible()
  await expectGood(page, { about: page.url() })
}

test.describe('every page of Slack', () => {
  test('is accessible and fits a screen of 1280 and of 360 px, in light and dark', async ({
    page,
    product,
  }) => {
    test.setTimeout(240_000)
    const admin = await product.person('Sofia Brandt', ADMIN)
    await link(product, admin.id, 'sofia')
    const caller = await registerCaller(product)
    const requestId = (await caller.ask()).request_id
    await failedMessage(product, requestId)
    await product.runtime.db.slackDelivery.create({
      data: { requestId, target: 'route', state: 'failed', why: 'No channel.', at: new Date() },
    })
    const address = await addressFor(product, newUser(), 'sofia too')
    await page.goto(address)
    await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
    await isGood(page)
    await signIn(page, product, admin)
    const lists = ['/people', '/people?view=gone&q=x', '/deliveries', '/deliveries?q=nothing']
    for (const path of [...lists, '/slack', '/account', `/tickets/${requestId}`]) {
      await page.goto(path)
      await isGood(page)
    }
    await page.goto(address)
    await expect(page.getByText('Only if you asked for this in Slack yourself.')).toBeVisible()
    await isGood(page)
  })

  test('is for who is signed in, and is changed by nobody who only reads it', async ({
    page,
    product,
  }) => {
    for (const path of ['/people', '/deliveries', '/slack']) {
      const answer = await page.request.get(path, { maxRedirects: 0 })
      expect(answer.status()).toBe(307)
      expect(answer.headers()['location']).toBe(`/sign-in?from=${encodeURIComponent(path)}`)
    }
    await signIn(page, product, await product.person('Rut Adler', ADMIN))
    const { db } = product.runtime
    const before = [await db.event.count(), await db.slackRouting.count()]
    const address = await addressFor(product, newUser(), 'rut')
    for (const path of ['/people', '/deliveries', '/slack?from=1&installed=done', address]) {
      expect((await page.goto(path))?.status()).toBe(200)
    }
    await expect(page.getByRole('button', { name: 'Link it to Rut Adler' })).toBeEnabled()
    expect([await db.event.count(), await db.slackRouting.count()]).toEqual(before)
  })
})

test.describe('linking a Slack user', () => {
  test('leads through signing in and back, says whom it links, and can be undone', async ({
    page,
    product,
  }) => {
    const lena = await product.person('Lena Vogt', APPROVER)
    const userId = newUser()
    const address = await addressFor(product, userId, 'lena.v')
    await page.goto(address)
    await expect(page).toHaveURL(/\/slack\/link$/u)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(/\/sign-in\?from=%2Fslack%2Flink$/u)
    await whereToIsKept(page)
    await signInByPage(page, product, lena, /\/slack\/link$/u)
    await expect(page.getByText('lena.v')).toBeVisible()
    await expect(page.getByText(userId)).toBeVisible()
    expect(await liveLink(product, lena.id)).toBeNull()
    await proveLink(page, product, lena)
    await expect(page.getByText('Linked.')).toBeVisible()
    expect(await liveLink(product, lena.id)).toMatchObject({ userId, userName: 'lena.v' })

    await page.goto('/account#slack')
    await ready(page)
    const slack = page.locator('#slack')
    await expect(slack.getByText('lena.v')).toBeVisible()
    await slack.getByRole('button', { name: 'Unlink your Slack user' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Unlink your Slack user?' })
    await dialog.getByRole('button', { name: 'Unlink', exact: true }).press('Enter')
    await expect(slack.getByText('Unlinked.')).toBeVisible()
    await expect(slack.getByText('/countersign link')).toBeVisible()
    expect(await liveLink(product, lena.id)).toBeNull()
  })

  test('by an address that was used, cut short or taken by somebody is refused with words', async ({
    page,
    product,
  }) => {
    const [noa, ole] = [await product.person('Noa Lind'), await product.person('Ole Dahl')]
    const userId = newUser()
    const [first, second] = [
      await addressFor(product, userId, 'noa'),
      await addressFor(product, userId, 'noa'),
    ]
    await signIn(page, product, noa)
    await page.goto(first)
    await proveLink(page, product, noa)
    await expect(page.getByText('Linked.')).toBeVisible()
    await page.goto('/inbox')
    await page.goto(first)
    await expect(alertIn(page)).toContainText('This address links nobody any more.')
    await page.goto('/inbox')
    await page.goto(`${first.slice(0, -4)}`)
    await expect(alertIn(page)).toContainText('This address is not whole.')
    await signIn(page, product, ole)
    await page.goto('/inbox')
    await page.goto(second)
    await proveLink(page, product, ole)
    await expect(alertIn(page)).toContainText('This Slack user is linked to Noa Lind.')
    expect(await liveLink(product, ole.id)).toBeNull()
    must(await unlinkSlack(product.runtime, { personId: noa.id, byPersonId: noa.id }))
    await page.goto('/inbox')
    await page.goto(second)
    await proveLink(page, product, ole)
    await expect(page.getByText('Linked.')).toBeVisible()
  })
})

test.describe('the page of people', () => {
  test('lets an admin unlink somebody, and nobody else', async ({ page, product }) => {
    const admin = await product.person('Per Holm', ADMIN)
    const iris = await product.person('Iris Quandt', APPROVER)
    await link(product, iris.id, 'iris')
    await signIn(page, product, iris)
    const other = await product.person('Otto Ritter', APPROVER)
    await link(product, other.id, 'otto')
    await page.goto('/people?q=Otto')
    await expect(page.getByRole('row', { name: /Otto Ritter/u })).toContainText('otto')
    await expect(page.getByRole('button', { name: 'Unlink Otto Ritter' })).toHaveCount(0)
    await page.goto('/people?q=Iris')
    await expect(page.getByRole('button', { name: 'Unlink Iris Quandt' })).toBeVisible()

    await signIn(page, product, admin)
    await page.goto('/people?q=Iris')
    await ready(page)
    await page.getByRole('button', { name: 'Unlink Iris Quandt' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Unlink Iris Quandt from Slack?' })
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    expect(await liveLink(product, iris.id)).not.toBeNull()
    await page.getByRole('button', { name: 'Unlink Iris Quandt' }).press('Enter')
    await dialog.getByRole('button', { name: 'Unlink', exact: true }).click()
    await expect(page.getByText('Iris Quandt: Unlinked.')).toBeVisible()
    await expect(page.getByRole('row', { name: /Iris Quandt/u })).toContainText('Not linked')
    expect(await liveLink(product, iris.id)).toBeNull()
  })

  test('keeps its search and view in the address', async ({ page, product }) => {
    await signIn(page, product, await product.person('Zita Frank'))
    await page.goto('/people')
    await page.getByLabel('Search people').fill('Zita')
    await page.getByLabel('Search people').press('Enter')
    await expect(page).toHaveURL(/\/people\?view=active&q=Zita$/u)
    await expect(page.getByRole('row', { name: /Zita Frank/u })).toContainText('(you)')
    await page.getByRole('link', { name: /Without Slack/u }).click()
    await expect(page).toHaveURL(/view=unlinked&q=Zita$/u)
    await page.goto('/people?q=nobody-is-called-so')
    await expect(page.getByText('Nobody matches “nobody-is-called-so”')).toBeVisible()
    await page.getByRole('link', { name: 'Clear the search' }).click()
    await expect(page).not.toHaveURL(/q=/u)
    // Who stands on the first page depends on how many there are by now.
    await expect(page.getByRole('row').nth(1)).toBeVisible()
  })
})

test.describe('the page of deliveries', () => {
  test('shows what failed and why to everybody, and an admin has it tried again', async ({
    page,
    product,
  }) => {
    const caller = await registerCaller(product)
    const requestId = (await caller.ask()).request_id
    const messageId = await failedMessage(product, requestId)
    await signIn(page, product, await product.person('Bo Falk', APPROVER))
    await page.goto(`/deliveries?view=failed&q=${requestId}`)
    const row = page.getByRole('row', { name: /Alert/u })
    await expect(row).toContainText('Slack did not answer in time.')
    await expect(row).toContainText('8 tries so far')
    await expect(page.getByRole('button', { name: /Try again/u })).toHaveCount(0)

    await signIn(page, product, await product.person('Ada Stern', ADMIN))
    await page.goto(`/deliveries?view=failed&q=${requestId}`)
    await ready(page)
    await page.getByRole('button', { name: /Try again the alert/u }).press('Enter')
    await expect(page.getByText('It is tried again now.')).toBeVisible()
    const { state } = await product.runtime.db.slackMessage.findUniqueOrThrow({
      where: { id: messageId },
    })
    expect(state).not.toBe('given_up')
    await page.goto('/deliveries?q=C0NOTHING')
    await page.getByLabel('Kind of message').selectOption('digest')
    await expect(page).toHaveURL(/q=C0NOTHING&kind=digest/u)
    await expect(page.getByText('No delivery matches “C0NOTHING”')).toBeVisible()
  })

  test('is the same that a ticket says of itself, with what went wrong at its head', async ({
    page,
    product,
  }) => {
    const caller = await registerCaller(product)
    const requestId = (await caller.ask()).request_id
    const { db } = product.runtime
    await untilAnnounced(product, requestId)
    await db.slackDelivery.create({
      data: {
        requestId,
        target: 'route',
        state: 'failed',
        why: 'No Slack channel is set for deploy.production.',
        at: new Date(),
      },
    })
    await signIn(page, product, await product.person('Kai Mertz', APPROVER))
    await page.goto(`/tickets/${requestId}`)
    await expect(page.getByText('No Slack channel is set for deploy.production in')).toBeVisible()
    const slack = page.locator('#slack')
    await expect(slack.getByRole('row', { name: /Card Channel C0/u })).toContainText('Sent')
    await expect(slack.getByRole('row', { name: /Nowhere/u })).toContainText('Not sent')
  })
})

test.describe('the page that sets Slack up', () => {
  test('is for admins', async ({ page, product }) => {
    await signIn(page, product, await product.person('Finn Auer', APPROVER))
    await page.goto('/inbox')
    await expect(page.getByRole('navigation', { name: 'Main', exact: true })).not.toContainText(
      'Slack',
    )
    await page.goto('/slack')
    await expect(page.getByText('Admins set Slack up')).toBeVisible()
    await expect(page.getByLabel('Routing')).toHaveCount(0)
  })

  test('keeps what was typed when it is refused, line by line, and saves a new version', async ({
    page,
    product,
  }) => {
    const { db } = product.runtime
    const last = await db.slackRouting.findFirstOrThrow({ orderBy: { ordinal: 'desc' } })
    const admin = await product.person('Gesa Thal', ADMIN)
    await signIn(page, product, admin)
    await page.goto('/slack')
    await ready(page)
    const editor = page.getByLabel('Routing')
    await expect(editor).toHaveValue(last.source)
    const wrong = `${last.source}\nquiet: { zone: Nowhere/Land, from: "22:00", to: "07:00" }\n`
    await editor.fill(wrong)
    await page.getByRole('button', { name: 'Save as a new version' }).press('Enter')
    await expect(page.getByText('This is not a time zone of the IANA database.')).toBeVisible()
    await expect(editor).toBeFocused()
    await expect(editor).toHaveValue(wrong)
    await expectAccessible(page)
    expect(await db.slackRouting.count()).toBe(last.ordinal)

    const right = `${last.source}\n# Looked at by Gesa\n`
    await editor.fill(right)
    await page.getByRole('button', { name: 'Save as a new version' }).click()
    await expect(page.getByText(`Saved as version ${last.ordinal + 1}.`)).toBeVisible()
    await expect(editor).toHaveValue(right)
    const saved = await db.slackRouting.findFirstOrThrow({ orderBy: { ordinal: 'desc' } })
    expect(saved).toMatchObject({ source: right, publishedBy: admin.id })
    const versions = page.locator('#versions')
    await expect(versions.getByRole('row', { name: /Gesa Thal/u })).toBeVisible()
    await page.getByRole('link', { name: `Open version ${last.ordinal}`, exact: true }).click()
    await expect(page.getByLabel('Routing')).toHaveValue(last.source)
  })

  test('tries a channel before a request waits for it', async ({ page, product }) => {
    await signIn(page, product, await product.person('Hana Weiss', ADMIN))
    await page.goto('/slack')
    await ready(page)
    await page.getByLabel('Channel', { exact: true }).fill('releases')
    await page.getByRole('button', { name: 'Send a test message' }).press('Enter')
    await expect(page.getByText('Write the id of a channel, such as')).toBeVisible()
    await expect(page.getByLabel('Channel', { exact: true })).toHaveValue('releases')
    await page.getByLabel('Channel', { exact: true }).fill('C0NOSUCH01')
    await page.getByRole('button', { name: 'Send a test message' }).press('Enter')
    await expect(page.getByText('Slack knows no such channel')).toBeVisible()
    await page.getByLabel('Channel', { exact: true }).fill('C0RELEASE1')
    await page.getByRole('button', { name: 'Send a test message' }).press('Enter')
    await expect(page.getByText('Sent to C0RELEASE1.')).toBeVisible()
  })
})

test.describe('what only admins do', () => {
  test('is refused to whoever is no admin any more by the time they press, and nothing typed is lost', async ({
    page,
    product,
  }) => {
    const { db } = product.runtime
    const admin = await product.person('Jule Beck', ADMIN)
    const other = await product.person('Karl Voss', APPROVER)
    await link(product, other.id, 'karl')
    const messageId = await failedMessage(
      product,
      (await (await registerCaller(product)).ask()).request_id,
    )
    const become = (roles: string[]) =>
      db.person.update({ where: { id: admin.id }, data: { roles } })
    const refused = 'Only an admin may do this.'
    await signIn(page, product, admin)

    await page.goto('/slack')
    await ready(page)
    await become(['approver'])
    const versions = await db.slackRouting.count()
    await page.getByLabel('Routing').fill('default: C0MINE')
    await page.getByRole('button', { name: 'Save as a new version' }).click()
    await expect(alertIn(page.locator('#routing'))).toContainText(refused)
    await expect(page.getByLabel('Routing')).toHaveValue('default: C0MINE')
    expect(await db.slackRouting.count()).toBe(versions)
    await page.getByLabel('Channel', { exact: true }).fill('C0RELEASE1')
    await page.getByRole('button', { name: 'Send a test message' }).click()
    await expect(alertIn(page.locator('#test'))).toContainText(refused)
    await page.getByRole('button', { name: 'Remove the app' }).click()
    const remove = page.getByRole('dialog', { name: /Remove Countersign/u })
    await remove.getByRole('button', { name: 'Remove the app' }).click()
    await expect(alertIn(remove)).toContainText(refused)
    expect(await db.slackWorkspace.count()).toBe(1)

    await become(['admin'])
    await page.goto('/people?q=Karl')
    await ready(page)
    await become(['approver'])
    await page.getByRole('button', { name: 'Unlink Karl Voss' }).click()
    const unlink = page.getByRole('dialog', { name: 'Unlink Karl Voss from Slack?' })
    await unlink.getByRole('button', { name: 'Unlink', exact: true }).click()
    await expect(alertIn(unlink)).toContainText(refused)
    expect(await liveLink(product, other.id)).not.toBeNull()

    await become(['admin'])
    await page.goto('/deliveries?view=failed&kind=alert')
    await ready(page)
    await become(['approver'])
    await page
      .getByRole('button', { name: /Try again the alert/u })
      .first()
      .press('Enter')
    await expect(alertIn(page)).toContainText(refused)
    const { state } = await db.slackMessage.findUniqueOrThrow({ where: { id: messageId } })
    expect(state).toBe('given_up')
  })
})
