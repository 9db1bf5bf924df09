import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Page } from '@playwright/test'
import { type WebhookEvent, webhooks } from '../sdk/index'
import { expectGood } from './accessible'
import { registerCaller } from './callers'
import { ready, signIn, test } from './fixtures'

interface Heard {
  body: string
  headers: Record<string, string | string[] | undefined>
}

/** A caller's own server, which takes what it is sent. */
async function listen(): Promise<{ url: string; heard: Heard[]; server: Server }> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      heard.push({ body: Buffer.concat(chunks).toString('utf8'), headers: request.headers })
      response.writeHead(200, { 'content-type': 'text/plain' }).end('taken\u202e')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, heard, server }
}

async function confirmed(page: Page, deed: string): Promise<void> {
  await page.getByRole('button', { name: deed }).click()
  await page.getByRole('dialog').getByRole('button', { name: deed }).click()
}

const secretOn = async (page: Page) => (await page.locator('.shown-once').textContent()) ?? ''

test('an endpoint is added, tried, told of a real request, sent it again, given another secret, disabled and removed', async ({
  page,
  product,
}) => {
  test.setTimeout(120_000)
  const { url, heard, server } = await listen()
  const caller = await registerCaller(product)
  const opened = (secret: string) =>
    heard.map(({ body, headers }) => webhooks.unwrap(body, headers, { secret }))
  const ofType = (secret: string, type: WebhookEvent['type']) =>
    opened(secret).filter((event) => event.type === type)
  try {
    await signIn(page, product, { id: caller.ownerId, name: caller.ownerName })
    await page.goto('/webhooks')
    await ready(page)
    await expect(
      page.getByRole('heading', { name: 'No server is told anything yet' }),
    ).toBeVisible()
    await expectGood(page, { about: 'no endpoint' })

    await page.getByLabel('Address').fill('http://10.0.0.1/')
    await page.getByRole('button', { name: 'Add the endpoint' }).click()
    await expect(
      page
        .getByText('The address must begin with https://', { exact: false })
        .or(page.getByText('This is a private address', { exact: false })),
    ).toBeVisible()
    await page.getByLabel('Address').fill(url)
    await page.getByRole('button', { name: 'Add the endpoint' }).click()
    await expect(page.getByText('You will not see this secret again.')).toBeVisible()
    const secret = await secretOn(page)
    expect(secret).toMatch(/^whsec_/)
    await expect(page.getByRole('row', { name: new URL(url).host })).toContainText('Enabled')
    await expectGood(page, { about: 'a secret' })

    await page.getByRole('link', { name: 'Open the endpoint' }).click()
    await ready(page)
    expect(await page.content()).not.toContain(secret)
    await page.getByRole('button', { name: 'Send a test' }).click()
    await expect(page.getByText('The test arrived.')).toBeVisible()
    expect(ofType(secret, 'webhook.test')).toHaveLength(1)

    const { request_id: requestId } = await caller.ask()
    await expect.poll(() => ofType(secret, 'request.deferred').length).toBe(1)
    const endpoint = new URL(page.url()).pathname
    const deferred = page.getByRole('row', { name: 'request.deferred' })
    await expect(async () => {
      await page.goto(endpoint)
      await expect(deferred).toContainText('Delivered', { timeout: 1_000 })
    }).toPass()
    await ready(page)
    await expectGood(page, { about: 'an endpoint' })

    await deferred.getByRole('link').click()
    await ready(page)
    await expect(page.getByText('HTTP 200')).toBeVisible()
    await expect(page.getByText(`"request_id":"${requestId}"`)).toBeVisible()
    await expect(page.locator('.bytes', { hasText: 'taken' })).toContainText('taken\\u202e')
    expect(await page.content()).not.toContain('v1,')
    await expectGood(page, { about: 'a delivery' })
    await page.getByRole('button', { name: 'Send it again' }).click()
    await expect(page.getByText('Queued: it is sent again now')).toBeVisible()
    await expect.poll(() => ofType(secret, 'request.deferred').length).toBe(2)
    expect(new Set(ofType(secret, 'request.deferred').map(({ id }) => id)).size).toBe(1)

    await page.goto(endpoint)
    await ready(page)
    await confirmed(page, 'Rotate the secret')
    await expect(page.getByText('Until then both secrets sign.')).toBeVisible()
    const next = await secretOn(page)
    expect(next).not.toBe(secret)
    await page.getByRole('button', { name: 'Send a test' }).click()
    await expect(page.getByText('The test arrived.')).toBeVisible()
    const [last] = heard.slice(-1)
    for (const each of [secret, next]) {
      expect(webhooks.unwrap(last?.body ?? '', last?.headers ?? {}, { secret: each }).type).toBe(
        'webhook.test',
      )
    }

    await confirmed(page, 'Disable')
    await expect(page.locator('.state', { hasText: 'Disabled' })).toBeVisible()
    const before = heard.length
    await caller.ask()
    await page.getByRole('button', { name: 'Enable' }).click()
    await expect(page.getByText('Enabled. What waited is sent now')).toBeVisible()
    expect(heard).toHaveLength(before)
    await page.getByLabel('What never arrived').check()
    await page.getByRole('button', { name: 'Send the range again' }).click()
    await expect(page.getByText('1 delivery queued')).toBeVisible()
    await expect.poll(() => heard.length).toBe(before + 1)

    const stranger = await page.context().browser()?.newContext()
    const other = await stranger?.newPage()
    if (!other) throw new Error('no page for a stranger')
    await signIn(other, product, await product.person('Ines Odd'))
    expect((await other.goto(new URL(endpoint, product.url).href))?.status()).toBe(404)
    await stranger?.close()

    await confirmed(page, 'Remove')
    await expect(page).toHaveURL(/\/webhooks$/)
    await expect(
      page.getByRole('heading', { name: 'No server is told anything yet' }),
    ).toBeVisible()
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
