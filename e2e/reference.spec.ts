import { expect } from '@playwright/test'
import type { OpenApiDocument } from '../lib/wire/openapi'
import { expectGood } from './accessible'
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
  for (const { operationId, summary } of calls) {
    await expect(
      page.locator(`#${operationId}`).getByRole('heading', { name: summary }),
    ).toHaveCount(1)
  }
  for (const name of Object.keys(components.schemas)) {
    await expect(page.locator(`[id="shape-${name}"]`)).toHaveCount(1)
  }
  // Every link inside the page leads somewhere.
  const lost = await page.evaluate(() =>
    [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute('href')?.slice(1) ?? '')
      .filter((id) => document.getElementById(id) === null),
  )
  expect(lost).toEqual([])
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.getByRole('link', { name: 'redeemToken', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#redeemToken$/)
  await expect(page.locator('#redeemToken').getByRole('heading').first()).toBeInViewport()
  await expect(page.getByRole('link', { name: '/v1/openapi.json' })).toHaveAttribute(
    'href',
    '/v1/openapi.json',
  )
  await expectGood(page, { about: 'the API reference' })
})
