import { randomBytes } from 'node:crypto'
import { test as base, type CDPSession, expect, type Locator, type Page } from '@playwright/test'
import { createPerson } from '../lib/commands/directory/create-person'
import { confirmFactor } from '../lib/commands/factor/confirm-factor'
import { enrolPasskey } from '../lib/commands/factor/enrol-passkey'
import { startPasskeyEnrolment } from '../lib/commands/factor/start-passkey-enrolment'
import { cancelRequest } from '../lib/commands/request/cancel-request'
import { createSignInLink } from '../lib/commands/session/create-sign-in-link'
import { parseConfig } from '../lib/config'
import { createRuntime, type Runtime } from '../lib/runtime'
import type { Role } from '../lib/wire/change'
import { currentCode, type DemoPerson, demoPerson, knowAll, must } from '../scripts/lib/demo-people'
import { createSoftwarePasskey, type SoftwarePasskey } from '../scripts/lib/software-passkey'

/** The product that the global setup started, and the commands on its database. */
export interface Product {
  url: string
  runtime: Runtime
  /** Somebody with a passkey and an authenticator app, confirmed as people do it. Whoever votes needs groups. */
  person(name: string, options?: { roles?: Role[]; groups?: string[] }): Promise<DemoPerson>
  /** Somebody who was added a moment ago and has no factor. */
  newcomer(name: string): Promise<{ id: string; name: string }>
  /** A one-time link, as `npm start` prints it. */
  link(personId: string): Promise<string>
  /** A code that counts now. Its step is free again, as if half a minute had passed: tests do not wait. */
  code(personId: string): Promise<string>
}

export const test = base.extend<{ nothingLeftOpen: undefined }, { product: Product }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are used
  extraHTTPHeaders: async ({}, use) => use({ 'x-forwarded-for': someAddress() }),
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are used
    async ({}, use) => {
      const runtime = await createRuntime(
        parseConfig({
          DATABASE_URL: process.env['E2E_DATABASE_URL'],
          PUBLIC_URL: process.env['E2E_URL'],
          COUNTERSIGN_SECRET: process.env['E2E_SECRET'],
          LOG_LEVEL: 'warn',
        }),
      )
      await use(await productOf(runtime))
      await runtime.close()
    },
    { scope: 'worker' },
  ],
  // Whatever is open is evaluated again whenever somebody joins a group: each test would be slower than the one before it.
  nothingLeftOpen: [
    async ({ product: { runtime } }, use) => {
      const before = await runtime.db.request.findMany({ where: OPEN, select: { id: true } })
      await use(undefined)
      const known = new Set(before.map(({ id }) => id))
      for (const { id, callerId, keyId } of await runtime.db.request.findMany({ where: OPEN })) {
        if (known.has(id)) continue
        const actor = { kind: 'caller', id: callerId, keyId } as const
        // One that has just ended by itself is refused, which is as good.
        await cancelRequest(runtime, { requestId: id, actor, reason: null })
      }
    },
    { auto: true },
  ],
})

const OPEN = { state: 'open' } as const

/** Of a network that nothing here trusts: a client of its own to the limits on signing in. */
export function someAddress(): string {
  return ['10', ...randomBytes(3)].join('.')
}

async function productOf(runtime: Runtime): Promise<Product> {
  let count = 0
  const email = (name: string) =>
    `${name.toLowerCase().replaceAll(/[^a-z]/g, '.')}.${process.pid}.${++count}@osterby.example`
  const code = async (personId: string) => {
    await runtime.db.totp.update({ where: { personId }, data: { lastStep: 0 } })
    return currentCode(runtime, personId)
  }
  const admin = await firstAdmin(runtime, email('Admin'), code)
  return {
    url: runtime.config.publicUrl,
    runtime,
    code,
    person: (name, { roles, groups = [] } = {}) => {
      const person = { name, email: email(name), roles: roles ?? ['approver' as const], groups }
      return demoPerson(runtime, person, admin)
    },
    newcomer: async (name) => {
      const person = { name, email: email(name), roles: ['approver' as const] }
      const { personId } = must(await createPerson(runtime, { ...person, byPersonId: admin.id }))
      return { id: personId, name }
    },
    link: async (personId) => {
      const input = { personId, purpose: 'sign_in', by: { kind: 'system' } } as const
      const { secret } = must(await createSignInLink(runtime, input))
      return `${runtime.config.publicUrl}/sign-in/link#${secret}`
    },
  }
}

/** An admin of the test's own, confirmed by the demonstration's, whose authenticator is at hand. */
async function firstAdmin(
  runtime: Runtime,
  email: string,
  code: Product['code'],
): Promise<DemoPerson> {
  const daniel = await runtime.db.person.findUniqueOrThrow({
    where: { email: 'daniel@osterby.example' },
  })
  const name = 'Vera Lind'
  const person = { name, email, roles: ['admin' as const] }
  const { personId: id } = must(await createPerson(runtime, { ...person, byPersonId: daniel.id }))
  const passkey = createSoftwarePasskey(runtime.config.publicUrl)
  const { options } = must(await startPasskeyEnrolment(runtime, { personId: id, proof: null }))
  const response = passkey.register(options)
  const enrolled = must(await enrolPasskey(runtime, { personId: id, name: 'Test', response }))
  const proof = { kind: 'totp', code: await code(daniel.id) } as const
  const factor = { kind: 'passkey', id: enrolled.id } as const
  must(await confirmFactor(runtime, { actorId: daniel.id, factor, proof }))
  await knowAll(runtime, id)
  return { id, name, passkey }
}

/** Signs in by a one-time link over HTTP, since most tests are about what comes after. Opens no page: tests go where they go. */
export async function signIn(
  page: Page,
  product: Product,
  person: { id: string; name: string },
): Promise<void> {
  const secret = new URL(await product.link(person.id)).hash.slice(1)
  await page.request.get('/sign-in')
  const { csrfToken } = await (await page.request.get('/api/auth/csrf')).json()
  const answer = await page.request.post('/api/auth/callback/link', {
    form: { secret, csrfToken, json: 'true' },
    headers: { origin: product.url },
  })
  expect(answer.status()).toBe(200)
}

/** Signs in at the page of a one-time link, as a person does, and waits until they are where they wanted to go. */
export async function signInByPage(
  page: Page,
  product: Product,
  person: { id: string; name: string },
  lands = /\/(inbox|account)$/,
): Promise<void> {
  await page.goto(await product.link(person.id))
  await page.getByRole('button', { name: `Sign in as ${person.name}` }).click()
  await expect(page).toHaveURL(lands)
  await ready(page)
}

/** On the page that links a Slack user: proves by code who is signed in, and links it. */
export async function proveLink(
  page: Page,
  product: Product,
  person: { id: string; name: string },
) {
  await page.getByRole('button', { name: 'Use a code' }).press('Enter')
  await page.getByLabel('Code from your authenticator app').fill(await product.code(person.id))
  await page.getByRole('button', { name: `Link it to ${person.name} with code` }).press('Enter')
}

/** Waits until React has taken the page over: a press before that opens nothing, and a person would press again. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    Object.keys(document.querySelector('main') ?? {}).some((key) => key.startsWith('__react')),
  )
}

/** What was just refused, and why. Next keeps an alert of its own, for the names of pages. */
export function alertIn(scope: Page | Locator): Locator {
  return scope.locator('[role=alert]:not(#__next-route-announcer__)')
}

/** An authenticator inside the browser (WebAuthn Level 3, section 11): whoever uses it is verified at once. */
export interface Authenticator {
  /** Puts a passkey into it that was enrolled elsewhere. */
  hold(passkey: SoftwarePasskey): Promise<void>
  /** Whether the person passes the check: a fingerprint that does not fit. */
  setVerified(isVerified: boolean): Promise<void>
}

export async function authenticator(
  page: Page,
  product: Product,
  transport: 'internal' | 'usb' = 'internal',
): Promise<Authenticator> {
  const cdp: CDPSession = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    hold: async (passkey) => {
      const { credentialId, privateKey, userHandle } = passkey.save()
      await cdp.send('WebAuthn.addCredential', {
        authenticatorId,
        credential: {
          credentialId: base64(credentialId),
          isResidentCredential: true,
          rpId: new URL(product.url).hostname,
          privateKey: privateKey.replaceAll(/-----[A-Z ]+-----|\s/g, ''),
          ...(userHandle && { userHandle: base64(userHandle) }),
          // Higher than whatever was used of it before.
          signCount: Math.floor(Date.now() / 1000),
        },
      })
    },
    setVerified: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
  }
}

function base64(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('base64')
}
