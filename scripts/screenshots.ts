import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { createSignInLink } from '../lib/commands/session/create-sign-in-link'
import { createRuntime } from '../lib/runtime'
import playwrightConfig from '../playwright.config'
import { firstStart } from './first-start'
import { freePort } from './free-port'
import { must } from './lib/demo-people'
import { type Product, startProduct } from './run/product'

/**
 * `npm run screenshots`: the pictures of the README, of the built product with its demonstration data on a database of its own.
 * What changes from one time to the next is the clock, and with it the ids and the digest words.
 */
const FOLDER = path.resolve('docs/images')
const MOST_BYTES = 300_000
const VIEWER = 'mara@osterby.example'
const HELD = 'Deploy release 2026.03.14'

interface Shot {
  file: string
  width: number
  height: number
  colorScheme?: 'light' | 'dark'
  /** Pixels of the picture to one of the page. */
  scale?: number
  path: (requestId: string) => string
  /** What is done on the page before it is taken. */
  prepare?: (page: Page) => Promise<void>
}

const DESK = { width: 1280, height: 900 } as const
const PHONE = { width: 360, height: 740, scale: 2 } as const

const SHOTS: readonly Shot[] = [
  { file: 'inbox.png', ...DESK, path: () => '/inbox' },
  { file: 'ticket.png', ...DESK, path: (id) => `/tickets/${id}` },
  { file: 'ticket-dark.png', ...DESK, colorScheme: 'dark', path: (id) => `/tickets/${id}` },
  {
    file: 'vote.png',
    ...DESK,
    path: (id) => `/tickets/${id}`,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Use a code' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { file: 'phone.png', ...PHONE, path: (id) => `/sign/${id}` },
  { file: 'phone-dark.png', ...PHONE, colorScheme: 'dark', path: (id) => `/sign/${id}` },
]

const data = await mkdtemp(path.join(os.tmpdir(), 'countersign-screenshots-'))
// The database runs as a user of its own where this runs as root.
await chmod(data, 0o711)
const product = await startProduct({
  env: {
    ...process.env,
    DATABASE_URL: '',
    REDIS_URL: '',
    PUBLIC_URL: '',
    PORT: String(await freePort()),
    COUNTERSIGN_DATA: data,
    LOG_LEVEL: 'warn',
  },
  seed: firstStart,
  tell: (sentence) => console.log(sentence),
})
try {
  await mkdir(FOLDER, { recursive: true })
  const browser = await chromium.launch({ ...playwrightConfig.use?.launchOptions })
  await takeAll(product, browser)
  await browser.close()
} finally {
  await product.stop()
  await rm(data, { recursive: true, force: true })
}

async function takeAll({ config }: Product, browser: Browser): Promise<void> {
  const { link, requestId } = await wayIn(config)
  const door = await browser.newContext()
  const page = await door.newPage()
  await page.goto(link)
  await page.getByRole('button', { name: /^Sign in as/ }).click()
  await page.waitForURL('**/inbox')
  const storageState = await door.storageState()
  await door.close()
  for (const shot of SHOTS) {
    const { width, height, scale = 1, colorScheme = 'light' } = shot
    const context = await browser.newContext({
      storageState,
      baseURL: config.publicUrl,
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme,
      // What moves once would be caught on its way.
      reducedMotion: 'reduce',
    })
    await take(await context.newPage(), shot, requestId)
    await context.close()
  }
}

/** Whoever looks, and what they look at. */
async function wayIn(config: Product['config']) {
  const runtime = await createRuntime({ ...config, logLevel: 'warn' })
  try {
    const { db } = runtime
    const { id: personId } = await db.person.findUniqueOrThrow({ where: { email: VIEWER } })
    const held = await db.request.findFirstOrThrow({
      where: { state: 'open', goal: { startsWith: HELD } },
      orderBy: { submittedAt: 'desc' },
    })
    const input = { personId, purpose: 'sign_in', by: { kind: 'system' } } as const
    const { secret } = must(await createSignInLink(runtime, input))
    return { requestId: held.id, link: `${config.publicUrl}/sign-in/link#${secret}` }
  } finally {
    await runtime.close()
  }
}

async function take(page: Page, shot: Shot, requestId: string): Promise<void> {
  await page.goto(shot.path(requestId))
  await page.locator('.live[data-live="true"]').waitFor({ state: 'attached' })
  await shot.prepare?.(page)
  await page.evaluate(() => document.fonts.ready)
  const file = path.join(FOLDER, shot.file)
  await page.screenshot({ path: file, caret: 'hide', animations: 'disabled' })
  const { size } = await stat(file)
  console.log(`docs/images/${shot.file}  ${Math.ceil(size / 1000)} kB`)
  if (size > MOST_BYTES) throw new Error(`${shot.file} is larger than ${MOST_BYTES} bytes`)
}
