import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { expect, type Locator, type Page } from '@playwright/test'
import { eraseEvidence } from '../lib/commands/evidence/erase-evidence'
import { must } from '../scripts/lib/demo-people'
import { expectGood } from './accessible'
import { registerCaller, type TestCaller } from './callers'
import { type Product, signIn, test } from './fixtures'

const RELEASE_MANAGER = { groups: ['release_managers'] }

interface Desk {
  caller: TestCaller
  mara: { id: string; name: string }
  requestId: string
}

/** Signed in, at a ticket that waits for a rollback plan. */
async function desk(page: Page, product: Product): Promise<Desk> {
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  await signIn(page, product, mara)
  const { request_id: requestId } = await caller.ask()
  await openTicket(page, requestId)
  return { caller, mara, requestId }
}

async function openTicket(page: Page, requestId: string): Promise<void> {
  await page.goto(`/tickets/${requestId}`)
  await expect(page.locator('.live[data-live="true"]')).toBeAttached()
}

/** The part of the page for what the checklist does not wait for, with one type chosen. */
async function choose(page: Page, label: string): Promise<Locator> {
  await page.getByLabel('What it is').selectOption({ label })
  return page.locator('#attach-other')
}

function textFile(name: string, content: string | Buffer) {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) }
}

test.describe('a file', () => {
  test('is attached with its progress in view, and saved again byte for byte', async ({
    page,
    product,
  }) => {
    const { mara, requestId } = await desk(page, product)
    const form = await choose(page, 'Attachment')
    const content = `${randomBytes(400_000).toString('hex')}\n`
    await form.getByLabel('File').setInputFiles(textFile('drain – März.log', content))
    await form.getByLabel('What it shows').fill('The drain of eu-west')
    // A line as slow as a phone's, so that there is progress to see.
    const cdp = await page.context().newCDPSession(page)
    const slow = { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 600_000 }
    await cdp.send('Network.emulateNetworkConditions', slow)
    await form.getByRole('button', { name: 'Attach file' }).click()
    const bar = form.getByRole('progressbar', { name: 'Upload' })
    await expect(bar).toHaveAttribute('max', String(content.length))
    await expect(form.getByRole('button', { name: 'Cancel the upload' })).toBeVisible()
    await expect(form.getByText('File attached.')).toBeVisible({ timeout: 30_000 })
    await cdp.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
    await expect(bar).toHaveCount(0)
    // The next file has a form of its own: a second press attaches nothing twice.
    await expect(form.getByLabel('What it shows')).toHaveValue('')

    await expect(page.locator('#record').getByText(`${mara.name} attached a file`)).toBeVisible()
    await expect(page.getByText('The drain of eu-west')).toBeVisible()
    await expect(page.getByText('Text, 781 kB. It is saved, not shown here.')).toBeVisible()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save drain – März.log' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('drain – März.log')
    expect(await readFile(await download.path(), 'utf8')).toBe(content)
    await expect(page).toHaveURL(new RegExp(requestId))
  })

  test('that will not do is refused beside its field, and what was typed stays', async ({
    page,
    product,
  }) => {
    await desk(page, product)
    const form = await choose(page, 'Attachment')
    const file = form.getByLabel('File')
    const attach = form.getByRole('button', { name: 'Attach file' })
    await form.getByLabel('What it shows').fill('What the tests said')
    await attach.click()
    await expect(form.getByText('Choose a file.')).toBeVisible()
    await expect(file).toBeFocused()
    for (const [sent, why] of [
      [textFile('empty.txt', ''), 'The file is empty. Choose one that is not.'],
      [textFile('plan.svg', '<svg/>'), 'Its name has to end in .pdf'],
      [textFile('large.txt', Buffer.alloc(10_485_761, 'a')), 'A file has at most 10 MB.'],
      // Only the server looks at bytes.
      [textFile('setup.txt', 'MZ\0\0'), 'It holds a control character in line 1.'],
      [
        textFile('plan.pdf', '<html></html>'),
        'Its name says PDF, but its bytes are something else.',
      ],
    ] as const) {
      await file.setInputFiles(sent)
      await attach.click()
      await expect(form.getByText(why)).toBeVisible()
      await expect(file).toBeFocused()
      await expect(form.getByLabel('What it shows')).toHaveValue('What the tests said')
      expect(await file.evaluate((input: HTMLInputElement) => input.files?.length)).toBe(1)
    }
    await file.setInputFiles(textFile('tests.txt', `passed ${randomBytes(8).toString('hex')}`))
    await attach.click()
    await expect(form.getByText('File attached.')).toBeVisible()
  })

  test('is cancelled halfway, and an upload that breaks off or comes too late says so', async ({
    page,
    product,
  }) => {
    const { caller, requestId } = await desk(page, product)
    const form = await choose(page, 'Attachment')
    const attach = form.getByRole('button', { name: 'Attach file' })
    await form.getByLabel('File').setInputFiles(textFile('a.txt', Buffer.alloc(3_000_000, 'a')))
    const cdp = await page.context().newCDPSession(page)
    const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 }
    await cdp.send('Network.emulateNetworkConditions', line)
    await attach.click()
    await form.getByRole('button', { name: 'Cancel the upload' }).click()
    await expect(form.getByText('The file is still chosen.')).toBeVisible()
    await cdp.send('Network.emulateNetworkConditions', { ...line, uploadThroughput: -1 })
    await page.route('**/files', (route) => route.abort('connectionreset'))
    await attach.click()
    await expect(form.getByText('The upload broke off.')).toBeVisible()
    await page.unroute('**/files')

    // The page does not hear of the end in time: its form is still there.
    await page.route('**/api/events**', (route) => route.abort())
    await openUnheard(page, requestId)
    await choose(page, 'Attachment')
    await form.getByLabel('File').setInputFiles(textFile('a.txt', 'too late'))
    await caller.agent.cancel(requestId)
    await attach.click()
    await expect(form.getByText('The ticket is closed.')).toBeVisible()
    expect(await product.runtime.db.evidence.count({ where: { requestId } })).toBe(0)
  })

  test('that was erased is told as that, on the page and at its address', async ({
    page,
    product,
  }) => {
    const { requestId } = await desk(page, product)
    const evidenceId = await attachBy(
      page,
      requestId,
      'secret.txt',
      `key ${randomBytes(9).toString('hex')}`,
    )
    must(await eraseEvidence(product.runtime, { evidenceId, reason: 'It held a key' }))
    await expect(page.getByText('The hash stays. “It held a key”')).toBeVisible()
    const gone = await page.request.get(`/tickets/${requestId}/files/${evidenceId}`)
    expect(gone.status()).toBe(410)
    expect(await gone.text()).toContain('erased on purpose')
  })

  test('says what an approver sees of it and that it cannot be voted on unread in Slack', async ({
    page,
    product,
  }) => {
    const { requestId } = await desk(page, product)
    await attachBy(page, requestId, 'plan.md', `# Plan ${randomBytes(6).toString('hex')}`)
    const { modalView } = await import('../lib/queries/slack/modal-view')
    const tomas = await product.person('Tomás Rey', RELEASE_MANAGER)
    const view = await modalView(product.runtime, { requestId, personId: tomas.id })
    expect(view?.readable.isWhole).toBe(false)
  })
})

async function openUnheard(page: Page, requestId: string): Promise<void> {
  await page.goto(`/tickets/${requestId}`)
  await page.waitForFunction(() =>
    Object.keys(document.querySelector('main') ?? {}).some((key) => key.startsWith('__react')),
  )
}

/** Attaches over HTTP as the page does, and shows it. */
async function attachBy(
  page: Page,
  requestId: string,
  name: string,
  content: string,
): Promise<string> {
  const sent = await upload(page, requestId, { name, content })
  expect(sent.status).toBe(200)
  await page.reload()
  const link = page.getByRole('link', { name: `Save ${name}` })
  return (await link.getAttribute('href'))?.split('/').at(-1) ?? ''
}

interface Upload {
  name?: string
  content?: string | Buffer
  /** In place of, or beside, what the page sends. null leaves a header out. */
  headers?: Record<string, string | null>
}

/** What the page sends, from outside a browser: every header is the sender's to choose. */
async function upload(
  page: Page,
  requestId: string,
  { name = 'a.txt', content = 'plain words', headers = {} }: Upload,
): Promise<{ status: number; body: string }> {
  const origin = new URL(page.url()).origin
  const cookies = await page.context().cookies()
  const all: Record<string, string | null> = {
    cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '),
    origin,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/octet-stream',
    'content-length': String(Buffer.byteLength(content)),
    'x-file-name': encodeURIComponent(name),
    ...headers,
  }
  const kept = Object.entries(all).filter(
    (header): header is [string, string] => header[1] !== null,
  )
  return await new Promise((resolve, reject) => {
    const request = http.request(
      `${origin}/tickets/${requestId}/files`,
      { method: 'POST', headers: Object.fromEntries(kept) },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() }),
        )
      },
    )
    request.on('error', reject)
    request.end(content)
  })
}

/** Begins an upload and sends nothing of it. @returns its status, where it is answered before a byte came */
function unsent(page: Page, requestId: string, cookie: string) {
  const origin = new URL(page.url()).origin
  const headers = { cookie, origin, 'content-length': '100', 'x-file-name': 'a.txt' }
  const request = http.request(`${origin}/tickets/${requestId}/files`, { method: 'POST', headers })
  const answered = new Promise<number>((resolve) => {
    request.on('response', ({ statusCode = 0 }) => resolve(statusCode))
    // What is given up at the end of the test.
    request.on('error', () => resolve(0))
  })
  request.flushHeaders()
  return { answered, giveUp: () => request.destroy() }
}

test.describe('whoever sends a file from elsewhere', () => {
  test('finds eight places and no more, however many come at one moment', async ({
    page,
    product,
  }) => {
    const { requestId } = await desk(page, product)
    const cookies = await page.context().cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const sent = Array.from({ length: 20 }, () => unsent(page, requestId, cookie))
    const busy: number[] = []
    for (const { answered } of sent) void answered.then((status) => busy.push(status))
    await expect.poll(() => busy).toEqual(Array.from({ length: 12 }, () => 503))
    for (const { giveUp } of sent) giveUp()
    const later = () => upload(page, requestId, {}).then(({ status }) => status)
    await expect.poll(later).toBe(200)
  })

  test('is refused without our origin, a session, a size, or a request that takes evidence', async ({
    page,
    product,
  }) => {
    const { caller, requestId } = await desk(page, product)
    const attempts: [string, Record<string, string | null>, number][] = [
      ['another origin', { origin: 'https://evil.example' }, 403],
      ['a null origin', { origin: 'null' }, 403],
      ['no origin', { origin: null }, 403],
      ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
      ['another host of our site', { 'sec-fetch-site': 'same-site' }, 403],
      ['no session', { cookie: null }, 403],
      ['a made-up session', { cookie: 'countersign.session=x' }, 403],
      [
        'an API key in place of a session',
        { cookie: null, authorization: `Bearer ${caller.agentKey}` },
        403,
      ],
      ['no length', { 'content-length': null, 'transfer-encoding': 'chunked' }, 411],
      ['a name that is no encoding', { 'x-file-name': '%E0%A4%A' }, 400],
      ['no name', { 'x-file-name': null }, 400],
    ]
    for (const [what, headers, status] of attempts) {
      const told = await upload(page, requestId, { headers })
      expect([what, told.status]).toEqual([what, status])
      expect(JSON.parse(told.body)).toMatchObject({ ok: false })
    }
    expect((await upload(page, 'req_nobody', {})).status).toBe(404)
    expect(await product.runtime.db.evidence.count({ where: { requestId } })).toBe(0)
  })

  test('is refused once the session was ended elsewhere', async ({ page, product }) => {
    const { mara, requestId } = await desk(page, product)
    const { db } = product.runtime
    await db.session.updateMany({ where: { personId: mara.id }, data: { revokedAt: new Date() } })
    expect((await upload(page, requestId, {})).status).toBe(401)
  })

  test('gets no more read than 10 MB, whatever length is announced', async ({ page, product }) => {
    const { requestId } = await desk(page, product)
    const big = Buffer.alloc(10_485_761, 'a')
    expect((await upload(page, requestId, { content: big })).status).toBe(413)
    // Shorter than it says: the rest never comes, and after a while nobody waits for it.
    const short = { content: 'abc', headers: { 'content-length': '10' } }
    expect((await upload(page, requestId, short)).status).toBe(408)
    // Longer than it says: what is beyond the length is no part of the file.
    const long = await upload(page, requestId, {
      content: 'abcdef',
      headers: { 'content-length': '3' },
    }).catch(() => ({ status: 200 }))
    expect([200, 400]).toContain(long.status)
    const items = await product.runtime.db.evidence.findMany({ where: { requestId } })
    for (const { body } of items) expect(body).toMatchObject({ size_bytes: 3 })
  })

  test('names a file and nothing else: no path, no header', async ({ page, product }) => {
    const { requestId } = await desk(page, product)
    const names: [string, string][] = [
      ['../../../etc/cron.d/run.txt', 'run.txt'],
      ['..\\..\\run.txt', 'run.txt'],
      ['a\r\nset-cookie: stolen=1\r\n\r\n<script>.txt', 'aset-cookie_ stolen=1_script_.txt'],
      ['gpj.\u202etxt.txt', 'gpj.txt.txt'],
      ['a"; filename="b.txt', 'a_; filename=_b.txt'],
    ]
    for (const [sent, kept] of names) {
      const content = `words ${randomBytes(8).toString('hex')}`
      expect((await upload(page, requestId, { name: sent, content })).status).toBe(200)
      const item = await product.runtime.db.evidence.findFirstOrThrow({
        where: { requestId },
        orderBy: { id: 'desc' },
      })
      expect(item.body).toMatchObject({ name: kept })
      const saved = await page.request.get(`/tickets/${requestId}/files/${item.id}`)
      const headers = saved.headers()
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['content-disposition']).toBe(
        `attachment; filename="${kept}"; filename*=UTF-8''${encodeURIComponent(kept)}`,
      )
      expect(await saved.text()).toBe(content)
    }
  })
})

test('a file is saved by whoever is signed in, as bytes that nothing runs', async ({
  page,
  product,
  browser,
}) => {
  const { requestId, caller } = await desk(page, product)
  const content = `%PDF-1.7\n<html><script>alert(1)</script>${randomBytes(8).toString('hex')}`
  const evidenceId = await attachBy(page, requestId, 'plan.pdf', content)
  const path = `/tickets/${requestId}/files/${evidenceId}`
  const before = await product.runtime.db.event.count()
  const saved = await page.request.get(path)
  expect(saved.headers()).toMatchObject({
    'content-type': 'application/pdf',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-store, no-transform',
  })
  expect(await saved.text()).toBe(content)
  expect(await product.runtime.db.event.count()).toBe(before)

  const { request_id: other } = await caller.ask()
  expect((await page.request.get(`/tickets/${other}/files/${evidenceId}`)).status()).toBe(404)
  expect((await page.request.get(`/tickets/${requestId}/files/evd_x`)).status()).toBe(404)
  const stranger = await browser.newContext({ baseURL: product.url })
  const refused = await stranger.request.get(path, { maxRedirects: 0 })
  expect(refused.status()).toBe(303)
  expect(refused.headers()['location']).toBe(
    `/sign-in?from=${encodeURIComponent(`/tickets/${requestId}`)}`,
  )
  expect(await refused.text()).toBe('')
  await stranger.close()
})

test.describe('every form of evidence', () => {
  const FORMS: Record<
    string,
    { fill: (form: Locator) => Promise<void>; first: string; shows: string }
  > = {
    'Change record': {
      first: 'System',
      shows: 'OPS-214',
      fill: async (form) => {
        await form.getByLabel('System').fill('Jira')
        await form.getByLabel('Its number there').fill('OPS-214')
        await form.getByLabel('Address').fill('https://jira.example/OPS-214')
      },
    },
    'Test results': {
      first: 'What was tested',
      shows: 'The whole suite',
      fill: async (form) => {
        await form.getByLabel('What was tested').fill('The whole suite')
        await form.getByLabel('Passed').fill('214')
        await form.getByLabel('Failed').fill('0')
      },
    },
    Backup: {
      first: 'Where it is',
      shows: 's3://backups/customers',
      fill: async (form) => {
        await form.getByLabel('Where it is').fill('s3://backups/customers')
        await form.getByLabel('When it was taken').fill('2026-03-14T09:30')
        await form.getByRole('radio', { name: 'Yes' }).check()
      },
    },
    'Impact analysis': {
      first: 'What changes for whom',
      shows: 'Checkout is read-only for a minute',
      fill: async (form) => {
        await form.getByLabel('What changes for whom').fill('Checkout is read-only for a minute')
        await form.getByLabel('Who or what is affected').fill('checkout\nreporting')
      },
    },
    Note: {
      first: 'Note',
      shows: 'Agreed with support',
      fill: async (form) => await form.getByLabel('Note').fill('Agreed with support'),
    },
  }
  test('can be attached unasked, tells what is missing beside its field, and keeps what was typed', async ({
    page,
    product,
  }) => {
    test.setTimeout(120_000)
    const { mara } = await desk(page, product)
    for (const [label, { first, shows, fill }] of Object.entries(FORMS)) {
      const form = await choose(page, label)
      const attach = form.getByRole('button', { name: `Attach ${label.toLowerCase()}` })
      await attach.click()
      await expect(form.locator(':focus')).toHaveAccessibleName(first)
      await expect(form.locator('.err:visible').first()).toBeVisible()
      await fill(form)
      await attach.click()
      await expect(form.getByText(`${label} attached.`)).toBeVisible()
      await expect(page.getByText(shows).first()).toBeVisible()
    }
    await expect(page.locator('#record').getByText(`${mara.name} attached a note`)).toBeVisible()
  })

  test('keeps what was begun while another type is looked at, and counts near the limit', async ({
    page,
    product,
  }) => {
    await desk(page, product)
    const form = await choose(page, 'Note')
    const note = form.getByLabel('Note')
    await note.fill('Begun')
    await choose(page, 'Backup')
    await expect(note).toBeHidden()
    await expect(form.getByText(/^By your own clock, \w/)).toBeVisible()
    await choose(page, 'Note')
    await expect(note).toHaveValue('Begun')
    await note.fill('a'.repeat(3_990))
    await expect(form.getByText('10 of 4000 characters left.')).toBeVisible()
    await note.fill('a'.repeat(4_001))
    await expect(form.getByText('1 of 4000 characters too many.')).toBeVisible()
    await form.getByRole('button', { name: 'Attach note' }).click()
    await expect(form.getByText('Write up to 4,000 characters.')).toBeVisible()
    await expect(note).toHaveValue('a'.repeat(4_001))
  })

  test('takes several lines that are pasted as steps', async ({ page, product }) => {
    await desk(page, product)
    const steps = page.getByLabel('Steps, one a line')
    await steps.focus()
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text/plain', 'Drain eu-west\r\n\r\nPoint the router back\r\n')
      document.execCommand('insertText', false, data.getData('text/plain'))
    })
    await page.keyboard.type('Tell support')
    await page.getByLabel('Who carries it out').selectOption({ index: 1 })
    await page.getByLabel('Time it takes').fill('12')
    await page.getByLabel('Version to go back to').fill('2026.03.07')
    await page.getByRole('radio', { name: 'Yes' }).check()
    await page.getByRole('button', { name: 'Attach rollback plan' }).click()
    await expect(page.locator('.numbered li')).toHaveText([
      'Drain eu-west',
      'Point the router back',
      'Tell support',
    ])
  })

  test('is accessible and fits a screen of 1280 and of 360 px, in light and dark', async ({
    page,
    product,
  }) => {
    test.setTimeout(180_000)
    const { requestId } = await desk(page, product)
    await attachBy(page, requestId, `${'long'.repeat(40)}.txt`, randomBytes(9).toString('hex'))
    for (const label of [...Object.keys(FORMS), 'Attachment']) {
      const form = await choose(page, label)
      await form
        .getByRole('button', { name: /^Attach/ })
        .locator('visible=true')
        .click()
      await expect(form.locator('.err:visible').first()).toBeVisible()
    }
    await expectGood(page)
  })
})
