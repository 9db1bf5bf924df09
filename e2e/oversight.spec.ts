import { readFile } from 'node:fs/promises'
import { expect, type Page } from '@playwright/test'
import { verifyTrail } from '../lib/core/audit/verify-trail'
import { createQueues } from '../lib/queue/create-queues'
import { expectGood } from './accessible'
import { registerCaller } from './callers'
import { alertIn, type Product, ready, signIn, test } from './fixtures'

const AUDITOR = { roles: ['auditor' as const] }

/** A request whose entries are all in the log. */
async function sealedRequest(product: Product): Promise<string> {
  const { request_id: requestId } = await (await registerCaller(product)).ask()
  const stream = `request:${requestId}`
  const { db } = product.runtime
  await expect
    .poll(async () => {
      const events = await db.event.findMany({ where: { stream }, select: { seq: true } })
      const seqs = events.map(({ seq }) => seq)
      return (await db.logLeaf.count({ where: { eventSeq: { in: seqs } } })) === seqs.length
    })
    .toBe(true)
  return requestId
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await ready(page)
}

/** Presses a button that saves a file, and reads it. */
async function saved(page: Page, button: string): Promise<string> {
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  return await readFile(await (await waiting).path(), 'utf8')
}

test('an auditor narrows the trail, unfolds an entry, verifies and takes it away; the queues are not theirs', async ({
  page,
  product,
}) => {
  const requestId = await sealedRequest(product)
  await signIn(page, product, await product.person('=SUM(1) Odd', AUDITOR))
  await open(page, '/audit')
  const places = page.getByRole('navigation').first()
  await places.getByText('More').press('Enter')
  await expect(places.getByRole('link', { name: 'Audit' })).toBeVisible()
  await expect(places.getByRole('link', { name: 'Queues' })).toHaveCount(0)

  await page.getByLabel('Request', { exact: true }).fill(requestId)
  await page.getByLabel('Request', { exact: true }).press('Enter')
  await expect(page).toHaveURL(new RegExp(`request=${requestId}`))
  await ready(page)
  const entries = page.locator('table.audit tbody tr')
  await expect(entries.last()).toContainText('submitted the contract')
  await entries.last().locator('summary').click()
  await expect(entries.last().locator('pre')).toContainText('"type": "request.submitted"')

  await page.getByRole('button', { name: 'Verify these entries' }).click()
  await expect(page.getByText('Intact.')).toBeVisible()
  await expect(page.getByText('Tail unprotected: no external witness.')).toBeVisible()
  await expectGood(page, { about: 'the audit trail' })
  await page.getByRole('button', { name: 'Verify the log' }).click()
  await expect(page.getByText(/The whole trail: |The newest [\d,]+ of/)).toBeVisible()

  const trail = (await saved(page, 'Export as JSON Lines')).trimEnd().split('\n')
  expect(await verifyTrail(trail)).toMatchObject({ ok: true })
  await open(page, '/audit?type=audit.exported')
  const csv = await saved(page, 'Export as CSV')
  expect(csv).toContain(`"'=SUM(1) Odd","'=SUM(1) Odd exported the audit trail as JSON Lines"`)

  await page.goto('/queues')
  await expect(page.getByText('Admins look after the queues')).toBeVisible()
  await signIn(page, product, await product.person('Rolf Nobody'))
  await page.goto('/audit')
  await expect(page.getByText('The audit trail is for admins and auditors')).toBeVisible()
  expect((await page.request.post('/audit/export', { form: { format: 'csv' } })).status()).toBe(403)
})

test('an entry that was changed past the triggers is named', async ({ page, product }) => {
  const requestId = await sealedRequest(product)
  const { db } = product.runtime
  const where = { stream: `request:${requestId}`, ordinal: 1 }
  const { seq, body } = await db.event.findFirstOrThrow({ where })
  const write = (text: string) =>
    db.$transaction([
      db.$executeRawUnsafe('ALTER TABLE events DISABLE TRIGGER events_append_only'),
      db.$executeRawUnsafe('UPDATE events SET body = $2::jsonb WHERE seq = $1', seq, text),
      db.$executeRawUnsafe('ALTER TABLE events ENABLE TRIGGER events_append_only'),
    ])
  await signIn(page, product, await product.person('Alma Auditor', AUDITOR))
  await open(page, `/audit?request=${requestId}`)
  await write('{"caller":"another"}')
  try {
    await page.getByRole('button', { name: 'Verify these entries' }).click()
    await expect(alertIn(page)).toContainText(`Not intact: request:${requestId}, entry 1`)
    await expect(alertIn(page)).toContainText('not what was hashed')
  } finally {
    await write(JSON.stringify(body))
  }
  await page.getByRole('button', { name: 'Verify these entries' }).click()
  await expect(page.getByText('Intact.')).toBeVisible()
})

test('an admin sees what waits and has a failed job tried again, which is on record', async ({
  page,
  product,
}) => {
  const { runtime } = product
  const job = `webhook-x${process.pid}`
  const queues = await createQueues(runtime.config, runtime.log, { attempts: 1 })
  try {
    await queues.enqueue('webhook', { id: job, data: { deliveryId: 'none' } })
    await expect.poll(async () => (await queues.failed()).map(({ id }) => id)).toContain(job)
    await (await registerCaller(product)).ask()
    await signIn(page, product, await product.person('Olga Queue', { roles: ['admin'] }))
    await open(page, '/queues')
    await expect(page.getByRole('link', { name: /requests? (is|are) held/ })).toBeVisible()
    await expectGood(page, { about: 'the queues' })
    await page.getByRole('button', { name: `Try again ${job}` }).click()
    // The clock has failed jobs tried again by itself: it may have come first.
    await expect(
      page.getByText('It is tried again now.').or(page.getByText('It is no dead letter any more')),
    ).toBeVisible()
    await open(page, `/audit?type=queue.retried&q=${job}`)
    await expect(page.locator('table.audit')).toContainText(
      'Olga Queue had a failed job of the queue webhook tried again',
    )
  } finally {
    await runtime.db.$executeRawUnsafe('DELETE FROM bullmq.job WHERE id = $1', job)
    await queues.close()
  }
})
