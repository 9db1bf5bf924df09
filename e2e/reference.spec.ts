import { expect } from '@playwright/test'
import type { OpenApiDocument } from '../lib/wire/openapi'
import { expectAccessible, expectGood, expectToFit, NARROW, WIDE } from './accessible'
import { test } from './fixtures'

test('anybody reads every call of the API: by its name, by a link to it, by keyboard, in any light', async ({
  page,
  product,
}) => {
  const answer = await page.request.get(`${product.url}/v1/openapi.json`)
  const { paths, components } = (await answer.json()) as OpenApiDocument
  const calls = Object.values(paths).flatMap((methods) => Object.values(methods))
  await page.goto('/reference')
  await expect(page).toHaveTitle('API reference · Countersign')
  const heads = page.locator('.ref-part > h3')
  expect(await heads.allTextContents()).toEqual(
    expect.arrayContaining([
      ...calls.map(({ summary }) => summary),
      ...Object.keys(components.schemas),
    ]),
  )
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  const contents = page.getByRole('navigation', { name: 'Contents' })
  await contents.getByRole('link', { name: 'redeemToken' }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#redeemToken$/)
  await expect(page.locator('#redeemToken').getByRole('heading').first()).toBeInViewport()
  await expect(page.getByRole('link', { name: '/v1/openapi.json' })).toHaveAttribute(
    'href',
    '/v1/openapi.json',
  )
  // It is long, and only its layout differs on a phone.
  await expectGood(page, { about: 'the API reference', sizes: [WIDE] })
  await page.setViewportSize(NARROW)
  await expectToFit(page, 'the API reference')
  await expectAccessible(page, 'the API reference on a phone')
})
