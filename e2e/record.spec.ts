import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import { verifyTrail } from '../lib/core/audit/verify-trail'
import { attachPlan } from '../scripts/lib/demo-votes'
import { readLines } from '../sdk/cli/audit/read-lines'
import { expectAccessible } from './accessible'
import { registerCaller } from './callers'
import { authenticator, type Product, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }

/** Runs the verifier as on a machine that knows nothing of the installation. */
function verify(file: string): Promise<{ code: number; out: string }> {
  const script = path.join(import.meta.dirname, '..', 'scripts', 'audit-verify.ts')
  const env = { NODE_ENV: 'test' as const, PATH: process.env['PATH'] ?? '' }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', script, file], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: out + err })
    })
  })
}

async function download(page: Page, folder: string, requestId: string): Promise<string> {
  const waiting = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download record' }).first().click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe(`countersign-${requestId}.jsonl`)
  const file = path.join(folder, download.suggestedFilename())
  await download.saveAs(file)
  return file
}

async function releasedByPasskey(page: Page, product: Product) {
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  const aiko = await product.person('Aiko Mori', RELEASE_MANAGER)
  const { request_id: requestId } = await caller.ask()
  await attachPlan(product.runtime, requestId, aiko)
  await (await authenticator(page, product)).hold(mara.passkey)
  await signIn(page, product, mara)
  await page.goto(`/tickets/${requestId}`)
  return { mara, requestId }
}

test.describe('the record of a request', () => {
  let folder: string
  test.beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-record-'))
  })
  test.afterAll(() => rm(folder, { recursive: true }))

  test('is downloaded by an approver and verifies offline; with one byte changed it does not', async ({
    page,
    product,
  }) => {
    // The verifier is started twice, each time as a process of its own.
    test.slow()
    const { mara, requestId } = await releasedByPasskey(page, product)
    const open = await verifyTrail(readLines(await download(page, folder, requestId)))
    expect(open).toMatchObject({ ok: true, votes: [] })

    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.locator('.masthead .state.released')).toBeVisible()
    await page.reload()
    await expectAccessible(page)
    const file = await download(page, folder, requestId)
    const good = await verify(file)
    expect(good).toMatchObject({ code: 0 })
    expect(good.out).toContain(`${mara.name} (${mara.id}) approved at`)
    expect(good.out).toContain('SIGNED: a passkey verified its user')
    expect(good.out).toContain('KEYS NOT PINNED')

    const text = await readFile(file, 'utf8')
    const line = text.split('\n').findIndex((one) => one.includes('"type":"vote.cast"'))
    const bad = path.join(folder, 'bad.jsonl')
    await writeFile(bad, text.replace('"choice":"approve","method"', '"choice":"bpprove","method"'))
    const { code, out } = await verify(bad)
    expect(code).toBe(1)
    expect(out).toContain(`BAD (hash) at line ${line + 1}, request:${requestId}, entry`)
  })

  test('is given to nobody who is not signed in, and to nobody’s cache', async ({
    page,
    product,
    request,
  }) => {
    const { requestId } = await releasedByPasskey(page, product)
    const stranger = await request.get(`/tickets/${requestId}/record`, { maxRedirects: 0 })
    expect(stranger.status()).toBe(303)
    expect(stranger.headers()['location']).toContain('/sign-in')
    const sent = await page.request.get(`/tickets/${requestId}/record`)
    expect(sent.status()).toBe(200)
    expect(sent.headers()).toMatchObject({
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="countersign-${requestId}.jsonl"`,
    })
    const none = await page.request.get('/tickets/req_01ARZ3NDEKTSV4RRFFQ69G5FAV/record')
    expect(none.status()).toBe(404)
  })

  test('is read without anything being written', async ({ page, product }) => {
    const { requestId } = await releasedByPasskey(page, product)
    const { db } = product.runtime
    const stream = `request:${requestId}`
    const before = await db.event.count({ where: { stream } })
    const row = await db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect((await page.request.get(`/tickets/${requestId}/record`)).status()).toBe(200)
    expect(await db.event.count({ where: { stream } })).toBe(before)
    const after = await db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(after.inputSeq).toBe(row.inputSeq)
  })
})
