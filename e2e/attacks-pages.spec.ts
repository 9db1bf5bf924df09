import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@playwright/test'
import { freePort } from '../scripts/free-port'
import { supervise } from '../scripts/run/supervise'
import { registerCaller } from './callers'
import { type Product, ready, signIn, test } from './fixtures'
import { addressOf, type Named, signedIn, visitor } from './visitor'
import { loggedDelivery } from './webhook-log'

async function pages(named: Named): Promise<string[]> {
  const entries = await readdir('app', { recursive: true, withFileTypes: true })
  return entries
    .filter(({ name }) => name === 'page.tsx')
    .map(({ parentPath, name }) => addressOf(path.join(parentPath, name), named))
    .sort()
}

/** A request, and a delivery that told of it. */
async function something(product: Product): Promise<Named> {
  const caller = await registerCaller(product)
  const { request_id: requestId } = await caller.ask()
  const logged = await loggedDelivery(product, caller, requestId)
  return { requestId, personId: caller.ownerId, ...logged }
}

const NOT_PAGES = [
  '/v1/openapi.json',
  '/v1/requests',
  '/v1/nowhere',
  '/check',
  '/.well-known/jwks.json',
  '/healthz',
]
const MISSING = ['/nowhere', '/tickets/x', '/tickets/%E0%A4%A', '/dev/gallery', '/sign/x']

test.describe('every answer', () => {
  test('that is a page, found or not, runs no script but ours, is framed nowhere and kept nowhere', async ({
    product,
  }) => {
    const named = await something(product)
    const person = await product.person('Helen Header', { roles: ['admin', 'approver'] })
    const [who, nobody] = [await signedIn(product, person), visitor(product)]
    const nonces = new Set<string>()
    for (const page of [...(await pages(named)), ...MISSING]) {
      for (const each of [who, nobody]) {
        const { headers, status } = await each.get(page)
        const policy = headers.get('content-security-policy') ?? ''
        const [, nonce = ''] =
          /script-src 'self' 'nonce-([^']{20,})' 'strict-dynamic';/.exec(policy) ?? []
        expect([page, nonce.length > 0, nonces.has(nonce)]).toEqual([page, true, false])
        nonces.add(nonce)
        for (const part of [
          "default-src 'none'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'self'",
        ]) {
          expect([page, policy]).toEqual([page, expect.stringContaining(part)])
        }
        expect(policy).not.toContain('unsafe')
        expect(headers.get('x-frame-options')).toBe('DENY')
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('referrer-policy')).toBe('same-origin')
        expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
        expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
        expect(headers.get('permissions-policy')).toContain('publickey-credentials-get=(self)')
        expect(headers.get('x-powered-by')).toBeNull()
        if (status === 200) {
          expect([page, headers.get('cache-control')]).toEqual([
            page,
            expect.stringContaining('no-store'),
          ])
        }
      }
    }
  })

  test('that is no page can be drawn, framed and sniffed nowhere', async ({ product }) => {
    for (const address of NOT_PAGES) {
      const { headers } = await visitor(product).get(address)
      expect([address, headers.get('content-security-policy')]).toEqual([
        address,
        "default-src 'none'; frame-ancestors 'none'",
      ])
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })
})

test('no page breaks its own policy', async ({ page, product }) => {
  test.setTimeout(120_000)
  const violations: string[] = []
  await page.exposeFunction('tellViolation', (what: string) => violations.push(what))
  await page.addInitScript(() => {
    const tell = (window as unknown as { tellViolation(what: string): void }).tellViolation
    document.addEventListener('securitypolicyviolation', (event) =>
      tell(`${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    )
  })
  const named = await something(product)
  const person = await product.person('Cleo Crawler', { roles: ['admin', 'approver'] })
  await page.goto('/sign-in')
  await signIn(page, product, person)
  for (const address of [...(await pages(named)), '/nowhere']) {
    await page.goto(address)
    await ready(page)
    // A script of Next's places what tells a page's name to screen readers; no markup says how.
    const inline = await page.evaluate(
      () =>
        document.querySelectorAll(
          '[style]:not(next-route-announcer), style, script:not([src]):not([nonce])',
        ).length,
    )
    expect([address, inline]).toEqual([address, 0])
  }
  expect(violations).toEqual([])
})

test.describe('the cookies', () => {
  test('are seen by no script and sent by no other site', async ({ page, product }) => {
    const person = await product.person('Cora Cookie')
    await signIn(page, product, person)
    await page.goto('/inbox')
    const cookies = await page.context().cookies()
    const ours = Object.fromEntries(cookies.map((cookie) => [cookie.name, cookie]))
    expect(ours['countersign.session']).toMatchObject({
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
    })
    expect(ours['countersign.nonce']).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    })
    expect(cookies.filter(({ httpOnly }) => !httpOnly)).toEqual([])
    expect(await page.evaluate(() => document.cookie)).toBe('')
  })

  test('over HTTPS are bound to this host alone, and HTTPS stays', async () => {
    const port = await freePort()
    const web = supervise({
      name: 'web',
      args: ['dist/server.js'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: process.env['E2E_DATABASE_URL'],
        COUNTERSIGN_SECRET: process.env['E2E_SECRET'],
        PUBLIC_URL: `https://localhost:${port}`,
        PORT: String(port),
        LOG_LEVEL: 'fatal',
      },
      onCrash: (sentence) => {
        throw new Error(sentence)
      },
    })
    try {
      const answer = (at: string) => fetch(`http://127.0.0.1:${port}${at}`).catch(() => null)
      await expect
        .poll(async () => (await answer('/readyz'))?.status, { timeout: 30_000 })
        .toBe(200)
      const page = await answer('/sign-in')
      expect(page?.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-countersign\.nonce=[^;]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure$/,
        ),
      ])
      expect(page?.headers.get('strict-transport-security')).toBe('max-age=31536000')
      const csrf = (await answer('/api/auth/csrf'))?.headers.getSetCookie() ?? []
      expect(csrf.length).toBeGreaterThan(0)
      for (const cookie of csrf) expect(cookie).toMatch(/^__(Host|Secure)-.*; Secure/)
    } finally {
      await web.stop()
    }
  })
})
