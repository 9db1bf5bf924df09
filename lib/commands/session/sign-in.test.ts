import { beforeEach, describe, expect, test } from 'vitest'
import { verifySession } from '#lib/auth/session'
import { LINK_MS, peekLink } from '#lib/auth/sign-in-link'
import type { SoftwarePasskey } from '../../../scripts/lib/software-passkey'
import { accepted, authWorld, enrolSoftwarePasskey, voteOptions } from '../../../test/auth-world'
import { createSignInLink } from './create-sign-in-link'
import { type SignInInput, signIn } from './sign-in'
import { startPasskeySignIn } from './start-passkey-sign-in'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime

let personId: string

beforeEach(async () => {
  personId = await world.addPerson()
})

const SYSTEM = { kind: 'system' } as const
const REFUSED = { ok: false, refusal: { code: 'unauthenticated' } }
const byLink = (secret: string) => signIn(runtime, { method: 'link', secret, userAgent: 'test' })

async function link(purpose: 'sign_in' | 'first_admin' = 'sign_in'): Promise<string> {
  return accepted(await createSignInLink(runtime, { personId, purpose, by: SYSTEM })).secret
}

async function typesTold(): Promise<string[]> {
  return (await world.events(`person:${personId}`)).map(({ type }) => type)
}

describe('a sign-in link', () => {
  test('signs its person in, once', async () => {
    const secret = await link()
    const session = accepted(await byLink(secret))
    expect(session.personId).toBe(personId)
    expect(await verifySession(db, session.sessionId, clock.now)).toMatchObject({ ok: true })
    expect(await byLink(secret)).toMatchObject(REFUSED)
    expect(await typesTold()).toEqual([
      'sign_in_link.created',
      'session.started',
      'sign_in.refused',
    ])
  })

  test('looking at it uses nothing up, as mail scanners do', async () => {
    const secret = await link()
    for (let round = 0; round < 3; round++) {
      expect(await peekLink(db, secret, clock.now)).toMatchObject({
        value: { personId, purpose: 'sign_in' },
      })
    }
    expect((await byLink(secret)).ok).toBe(true)
    expect(await peekLink(db, secret, clock.now)).toMatchObject(REFUSED)
  })

  test('of eight parallel uses one signs in', async () => {
    const secret = await link()
    const results = await Promise.all(Array.from({ length: 8 }, () => byLink(secret)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await db.session.count({ where: { personId } })).toBe(1)
  })

  test.each(['sign_in', 'first_admin'] as const)(
    'for %s is refused when its time is over',
    async (purpose) => {
      const [late, inTime] = [await link(purpose), await link(purpose)]
      clock.now += LINK_MS[purpose] - 1
      expect((await byLink(inTime)).ok).toBe(true)
      clock.now += 1
      expect(await byLink(late)).toMatchObject(REFUSED)
    },
  )

  test('lives a quarter of an hour, the first admin’s a day', () => {
    expect(LINK_MS).toEqual({
      sign_in: 15 * 60_000,
      invite: 24 * 60 * 60_000,
      first_admin: 24 * 60 * 60_000,
    })
  })

  test('of a deactivated human is refused', async () => {
    const secret = await link()
    await db.person.update({ where: { id: personId }, data: { active: false } })
    expect(await byLink(secret)).toMatchObject(REFUSED)
    expect(await peekLink(db, secret, clock.now)).toMatchObject(REFUSED)
  })

  test('that nobody made is refused, and no stream tells of it', async () => {
    const before = await db.event.count()
    expect(await byLink('A'.repeat(43))).toMatchObject(REFUSED)
    expect(await db.event.count()).toBe(before)
  })

  test('is in the database as a hash alone', async () => {
    const secret = await link()
    const rows = JSON.stringify([
      await db.signInLink.findMany(),
      await world.events(`person:${personId}`),
    ])
    expect(rows).not.toContain(secret)
  })

  test('is made for somebody else by admins alone', async () => {
    const [admin, approver] = [await world.addPerson(['admin']), await world.addPerson()]
    const make = (id: string) =>
      createSignInLink(runtime, { personId, purpose: 'sign_in', by: { kind: 'person', id } })
    expect((await make(admin)).ok).toBe(true)
    expect(await make(approver)).toMatchObject({ ok: false, refusal: { code: 'forbidden' } })
    await db.person.update({ where: { id: admin }, data: { active: false } })
    expect(await make(admin)).toMatchObject({ ok: false, refusal: { code: 'forbidden' } })
  })
})

describe('a passkey', () => {
  let passkey: SoftwarePasskey

  beforeEach(async () => {
    passkey = await world.addPasskey(personId)
  })

  const byPasskey = (assertion: Extract<SignInInput, { method: 'passkey' }>['assertion']) =>
    signIn(runtime, { method: 'passkey', assertion, userAgent: null })

  test('signs its holder in without being told who it is', async () => {
    const { options } = accepted(await startPasskeySignIn(runtime))
    expect(options.allowCredentials).toBeUndefined()
    const assertion = passkey.sign(options)
    expect(accepted(await byPasskey(assertion)).personId).toBe(personId)
    expect(await byPasskey(assertion)).toMatchObject(REFUSED)
  })

  test('that signed a vote does not sign in with it', async () => {
    const requestId = await world.addTicket()
    const options = await voteOptions(runtime, { personId, requestId })
    expect(await byPasskey(passkey.sign(options))).toMatchObject(REFUSED)
  })

  test('that nobody confirmed does not sign in', async () => {
    const newcomer = await world.addPerson()
    const pending = await enrolSoftwarePasskey(runtime, newcomer, null)
    const { options } = accepted(await startPasskeySignIn(runtime))
    expect(await byPasskey(pending.passkey.sign(options))).toMatchObject(REFUSED)
  })

  test('without user verification does not sign in', async () => {
    const { options } = accepted(await startPasskeySignIn(runtime))
    const assertion = passkey.sign(options, { isUserVerified: false })
    expect(await byPasskey(assertion)).toMatchObject(REFUSED)
    expect(await typesTold()).toContain('factor.refused')
  })
})
