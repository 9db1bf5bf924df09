import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

export const WIDE = { width: 1280, height: 900 }
export const NARROW = { width: 360, height: 740 }

interface Size {
  width: number
  height: number
}

/** What axe judges by colour. Nothing else that it looks at is different in the dark: the document is the same, and so is its layout. */
const BY_COLOUR = ['color-contrast', 'link-in-text-block']
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** No violation of WCAG 2.2 AA or of what axe calls best practice. */
export async function expectAccessible(page: Page, about = ''): Promise<void> {
  await findNothing(page, about, { type: 'tag', values: TAGS })
}

/** The page as it stands now fits each screen and is accessible there, in light and in dark. Ends in light, on the first screen. */
export async function expectGood(
  page: Page,
  { about = '', sizes = [WIDE, NARROW] }: { about?: string; sizes?: Size[] } = {},
): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size)
    await expectToFit(page, about)
    const where = `${about} at ${size.width} px`
    await page.emulateMedia({ colorScheme: 'light' })
    await expectAccessible(page, `${where}, light`)
    await page.emulateMedia({ colorScheme: 'dark' })
    await findNothing(page, `${where}, dark`, { type: 'rule', values: BY_COLOUR })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (sizes[0] && sizes.length > 1) await page.setViewportSize(sizes[0])
}

/** Nothing has to be scrolled sideways. */
export async function expectToFit(page: Page, about = ''): Promise<void> {
  const excess = () =>
    page.evaluate(() => {
      const { body, documentElement } = document
      return Math.max(body.scrollWidth, documentElement.scrollWidth) - innerWidth
    })
  await expect.poll(excess, { message: `${about}: scrolls sideways` }).toBeLessThanOrEqual(0)
}

async function findNothing(
  page: Page,
  about: string,
  runOnly: { type: 'tag' | 'rule'; values: string[] },
): Promise<void> {
  // Half-way between two colours is neither.
  // Asked again and again: the promise of one that was replaced on its way is never kept.
  await page.waitForFunction(
    () =>
      document
        .getAnimations()
        .every(
          ({ effect, playState }) =>
            playState !== 'running' ||
            effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY,
        ),
    null,
    { polling: 50, timeout: 20_000 },
  )
  const isThere = await page.evaluate(() => 'axe' in window)
  // A page has no frames of other sites, so that axe need not put its results together in a page of its own.
  const axe = new AxeBuilder({ page, ...(isThere && { axeSource: 'undefined' }) }).setLegacyMode()
  const { violations } = await axe.options({ runOnly, resultTypes: ['violations'] }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
    about,
  ).toEqual([])
}
