import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { LINK_MS } from '#lib/auth/sign-in-link'
import { bootstrap } from '#lib/commands/bootstrap'
import { signIn } from '#lib/commands/session/sign-in'
import { parseConfig } from '#lib/config'
import { createSealer } from '#lib/keys/seal'
import { createRuntime } from '#lib/runtime'
import { createDb } from '../lib/db/client'
import { testDatabase } from '../test/database'
import { firstStart, signInLinks } from './first-start'

const { url } = await testDatabase()
const config = parseConfig({
  DATABASE_URL: url,
  PUBLIC_URL: 'http://localhost:3000',
  COUNTERSIGN_SECRET: 'a secret for tests that is long enough',
  FIRST_ADMIN_EMAIL: 'jonas@osterby.example',
  LOG_LEVEL: 'silent',
})
const raw = createDb(url)
await bootstrap(raw, config, createSealer(config.secret), Date.now())
await raw.$disconnect()
const runtime = await createRuntime(config)
afterAll(() => runtime.close())
const { db } = runtime

async function printed(): Promise<string> {
  await firstStart({ config })
  const lines = await signInLinks({ config })
  return /http:\/\/localhost:3000\/sign-in\/link#([\w-]{43})$/m.exec(lines.join('\n'))?.[1] ?? ''
}

const use = (secret: string, at = Date.now()) =>
  signIn({ ...runtime, now: () => at }, { method: 'link', secret, userAgent: null })

describe('the first admin’s link', () => {
  beforeEach(async () => {
    await db.session.deleteMany()
  })

  test('is printed at each start until it was used; the last of them signs in, once, within a day', async () => {
    const [first, second] = [await printed(), await printed()]
    expect(new Set([first.length, second.length])).toEqual(new Set([43]))
    expect(await db.person.count()).toBe(1)
    expect((await use(first)).ok).toBe(false)
    expect((await use(second, Date.now() + LINK_MS.first_admin)).ok).toBe(false)
    expect((await use(second)).ok).toBe(true)
    expect((await use(second)).ok).toBe(false)
  })

  test('is printed no more once an admin has signed in, also where their session is over', async () => {
    expect((await use(await printed())).ok).toBe(true)
    expect(await printed()).toBe('')
    await db.session.updateMany({ data: { revokedAt: new Date() } })
    expect(await printed()).toBe('')
  })

  test('ends when an admin signs in by another way', async () => {
    const secret = await printed()
    const admin = await db.person.findFirstOrThrow()
    const claims = {
      issuer: 'https://id.osterby.example',
      subject: admin.id,
      nonce: 'nonce',
      email: admin.email,
      emailVerified: true,
      groups: null,
    }
    expect((await signIn(runtime, { method: 'oidc', claims, userAgent: null })).ok).toBe(true)
    expect((await use(secret)).ok).toBe(false)
  })

  test('is still printed where nobody but others signed in', async () => {
    const id = runtime.newId('prs')
    const other = { id, name: 'Mara', email: 'mara@osterby.example', roles: ['approver'] }
    await db.person.create({ data: other })
    const session = { id: runtime.newId('ses'), personId: id, method: 'link' }
    const at = new Date()
    await db.session.create({ data: { ...session, expiresAt: at, lastSeenAt: at } })
    expect(await printed()).toHaveLength(43)
  })
})
