import { expect, type Page } from '@playwright/test'
import { submitDemo } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { type Product, signIn, test } from './fixtures'

/** Gzipped JavaScript of a page, whatever is in the cache of other pages. */
const MOST_SCRIPT_BYTES = 200_000
/** Above this a shift is seen (web.dev, Cumulative Layout Shift: good is below 0.1). */
const MOST_SHIFT = 0.05

interface Loaded {
  bytes: number
  sizes: string[]
}

/** Opens a page with an empty cache and counts what its scripts weigh on the wire. */
async function scriptsOf(page: Page, path: string): Promise<Loaded> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
  const scripts = new Map<string, { url: string; bytes: number }>()
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') scripts.set(requestId, { url: response.url, bytes: 0 })
  })
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const script = scripts.get(requestId)
    if (script) script.bytes = encodedDataLength
  })
  // The page keeps a stream open, so the network never rests: what loads does so before `load`.
  await page.goto(path, { waitUntil: 'load' })
  await cdp.detach()
  const all = [...scripts.values()].sort((a, b) => b.bytes - a.bytes)
  return {
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    sizes: all.map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`),
  }
}

/** Sum of the shifts of a page that nobody touched (Layout Instability API). */
function shiftOf(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += 'value' in entry ? Number(entry.value) : 0
        }).observe({ type: 'layout-shift', buffered: true })
        document.fonts.ready.then(() => requestAnimationFrame(() => resolve(sum)))
      }),
  )
}

async function heldRequest({ runtime }: Product): Promise<string> {
  const { id: callerId } = await runtime.db.caller.findUniqueOrThrow({
    where: { name: 'ci-release' },
  })
  const { id } = await runtime.db.apiKey.findFirstOrThrow({
    where: { callerId, scopes: { has: 'submit' } },
  })
  return await submitDemo(runtime, { callerId, agentKeyId: id }, SEED_CONTRACT)
}

for (const width of [1280, 360]) {
  test(`pages at ${width} px load little script, hold still, and have their faces at once`, async ({
    page,
    product,
  }) => {
    await page.setViewportSize({ width, height: 800 })
    const person = await product.person('Nora Holm', { groups: ['release_managers'] })
    const requestId = await heldRequest(product)
    await signIn(page, product, person)
    for (const path of ['/inbox', `/tickets/${requestId}`, `/sign/${requestId}`, '/reference']) {
      const { bytes, sizes } = await scriptsOf(page, path)
      expect(sizes.length, path).toBeGreaterThan(0)
      expect(bytes, `${path}\n${sizes.join('\n')}`).toBeLessThan(MOST_SCRIPT_BYTES)
      expect(await shiftOf(page), path).toBeLessThan(MOST_SHIFT)
      await expect(page.locator('link[rel=preload][as=font]')).toHaveCount(2)
      const name = path.split('/')[1] ?? ''
      test.info().annotations.push({ type: `script bytes, ${name}`, description: String(bytes) })
    }
  })
}
