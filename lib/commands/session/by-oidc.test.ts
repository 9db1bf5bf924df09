import { beforeEach, describe, expect, test } from 'vitest'
import type { OidcClaims } from '#lib/auth/oidc-claims'
import { verifySession } from '#lib/auth/session'
import { accepted, authWorld } from '../../../test/auth-world'
import { MAPPED_MS } from './map-groups'
import { signIn } from './sign-in'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
const ISSUER = 'https://id.osterby.example'
const REFUSED = { ok: false, refusal: { code: 'unauthenticated' } }

let personId: string
let email: string
let count = 0

beforeEach(async () => {
  personId = await world.addPerson()
  email = (await db.person.findUniqueOrThrow({ where: { id: personId } })).email
})

/** What the issuer says of the person's own account, but for what is set here. */
const says = (said: Partial<OidcClaims> = {}): OidcClaims => ({
  issuer: ISSUER,
  subject: `subject of ${personId}`,
  nonce: `nonce ${++count}`,
  email,
  emailVerified: true,
  groups: null,
  ...said,
})
const by = (said: Partial<OidcClaims> = {}) =>
  signIn(runtime, { method: 'oidc', claims: says(said), userAgent: null })
const linkedTo = async (id = personId) =>
  (await db.oidcIdentity.findMany({ where: { personId: id } })).map(({ subject }) => subject)
const told = () => world.events(`person:${personId}`)
const types = async () => (await told()).map(({ type }) => type)
const news = async () =>
  (await db.announcement.findMany({ where: { personId } })).map(({ text }) => text)

describe('the first sign-in', () => {
  test('links the subject to who has the address it is verified for, in any case, and says so', async () => {
    expect(accepted(await by({ email: email.toUpperCase() })).personId).toBe(personId)
    expect(await linkedTo()).toEqual([`subject of ${personId}`])
    expect(await types()).toEqual(['oidc_identity.linked', 'session.started'])
    expect(await news()).toEqual([expect.stringContaining('by id.osterby.example for the first')])
  })

  test('links nobody by an address that is not verified, a pattern, none, or one that nobody has', async () => {
    for (const odd of [
      { emailVerified: false },
      { email: '%' },
      { email: email.replace(/^./, '_') },
      { email: '' },
      { email: 'nobody@osterby.example' },
    ]) {
      expect(await by(odd)).toMatchObject(REFUSED)
    }
    expect(await linkedTo()).toEqual([])
    expect(await db.session.count({ where: { personId } })).toBe(0)
    expect(await told()).toMatchObject([
      { type: 'sign_in.refused', body: { method: 'oidc', reason: 'address_not_verified' } },
    ])
  })

  test('creates nobody', async () => {
    const before = await db.person.count()
    await by({ email: 'nobody@osterby.example' })
    expect(await db.person.count()).toBe(before)
  })

  test('of eight at once links one subject, whose alone it stays', async () => {
    const subjects = Array.from({ length: 8 }, (_, at) => `subject ${at % 2} of ${personId}`)
    const results = await Promise.all(subjects.map((subject) => by({ subject })))
    const [winner, ...more] = await linkedTo()
    expect(more).toEqual([])
    for (const [at, { ok }] of results.entries()) expect(ok).toBe(subjects[at] === winner)
  })
})

describe('a linked subject', () => {
  beforeEach(async () => {
    accepted(await by())
  })

  test('decides alone: a changed address, also one of somebody else or not verified, changes nothing', async () => {
    const other = await world.addPerson()
    const { email: theirs } = await db.person.findUniqueOrThrow({ where: { id: other } })
    for (const said of [
      { email: 'new@osterby.example' },
      { email: theirs },
      { email: theirs, emailVerified: false },
      { email: '' },
    ]) {
      expect(accepted(await by(said)).personId).toBe(personId)
    }
    expect(await linkedTo(other)).toEqual([])
  })

  test('keeps another one with the same address out, which is on record and told to its person', async () => {
    expect(await by({ subject: 'somebody new' })).toMatchObject(REFUSED)
    expect((await told()).at(-1)).toMatchObject({
      type: 'oidc_identity.refused',
      body: { issuer: ISSUER, subject: 'somebody new' },
      actor: { kind: 'system' },
    })
    expect((await news()).join()).toContain('as another account there than yours, and was refused')
    const alerts = await db.announcement.findMany({ where: { personId, audience: 'alerts' } })
    expect(alerts).toHaveLength(1)
    // Again and again: on record each time, told of once a day for each account.
    const count = () => db.announcement.count({ where: { personId, audience: 'alerts' } })
    await by({ subject: 'somebody new' })
    expect((await types()).slice(-2)).toEqual(['oidc_identity.refused', 'oidc_identity.refused'])
    expect(await count()).toBe(1)
    await by({ subject: 'somebody else' })
    expect(await count()).toBe(2)
    clock.now += 25 * 3_600_000
    await by({ subject: 'somebody new' })
    expect(await count()).toBe(3)
  })

  test('is no subject of another issuer', async () => {
    expect(await by({ issuer: 'https://other.example', email: '' })).toMatchObject(REFUSED)
  })

  test('signs a deactivated human in no more, and ends with their sessions', async () => {
    await db.person.update({ where: { id: personId }, data: { active: false } })
    expect(await by()).toMatchObject(REFUSED)
    expect(await by({ subject: 'another' })).toMatchObject(REFUSED)
    expect((await told()).at(-1)?.body).toMatchObject({ reason: 'deactivated' })
  })

  test('is taken at its word once: the same nonce signs in no second time, also at once', async () => {
    const claims = says()
    const at = (userAgent: string) => signIn(runtime, { method: 'oidc', claims, userAgent })
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => at(String(n))))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    clock.now += 1000
    expect(await at('later')).toMatchObject(REFUSED)
  })
})

describe('groups of the issuer', () => {
  const members = async () =>
    (await db.groupMember.findMany({ where: { personId }, orderBy: { groupName: 'asc' } })).map(
      ({ groupName, source, expiresAt }) => [groupName, source, expiresAt?.getTime() ?? null],
    )
  const groupEvents = async () =>
    (await told())
      .filter(({ type }) => type.startsWith('group.'))
      .map(({ type, body }) => [type, (body as { group: string }).group])

  beforeEach(async () => {
    for (const name of ['finance', 'releases']) {
      await db.group.upsert({ where: { name }, create: { name, label: name }, update: {} })
    }
  })

  test('last 12 hours from each sign-in, and each of it is on record', async () => {
    accepted(await by({ groups: ['releases'] }))
    expect(await members()).toEqual([['releases', 'oidc', clock.now + MAPPED_MS]])
    clock.now += 3_600_000
    accepted(await by({ groups: ['finance', 'releases'] }))
    expect(await members()).toEqual([
      ['finance', 'oidc', clock.now + MAPPED_MS],
      ['releases', 'oidc', clock.now + MAPPED_MS],
    ])
    clock.now += MAPPED_MS
    accepted(await by({ groups: ['finance'] }))
    expect(await groupEvents()).toEqual([
      ['group.joined', 'releases'],
      ['group.joined', 'finance'],
      ['group.renewed', 'releases'],
      ['group.joined', 'finance'],
    ])
    expect((await told()).find(({ type }) => type === 'group.joined')?.body).toMatchObject({
      source: 'oidc',
      issuer: ISSUER,
    })
  })

  test('end at once when the claim has them no more', async () => {
    accepted(await by({ groups: ['finance', 'releases'] }))
    accepted(await by({ groups: ['finance'] }))
    expect((await members()).map(([name]) => name)).toEqual(['finance'])
    accepted(await by({ groups: [] }))
    expect(await members()).toEqual([])
    expect((await groupEvents()).slice(-2)).toEqual([
      ['group.left', 'releases'],
      ['group.left', 'finance'],
    ])
  })

  test('leave a membership alone that somebody here gave', async () => {
    const direct = { personId, groupName: 'finance', expiresAt: new Date(clock.now + 60_000) }
    await db.groupMember.create({ data: direct })
    accepted(await by({ groups: ['finance'] }))
    accepted(await by({ groups: [] }))
    expect(await members()).toEqual([['finance', 'direct', clock.now + 60_000]])
    expect(await groupEvents()).toEqual([])
  })

  test('never make an admin, and what nobody made here is nothing but told', async () => {
    const { unknownGroups } = accepted(await by({ groups: ['admins', 'nowhere'] }))
    expect(unknownGroups).toEqual(['nowhere'])
    expect(await members()).toEqual([])
    const forged = { personId, groupName: 'admins', source: 'oidc', expiresAt: new Date(clock.now) }
    await expect(db.groupMember.create({ data: forged })).rejects.toThrow()
  })

  test('go to nobody without a role for them, and end with it', async () => {
    accepted(await by({ groups: ['finance'] }))
    await db.person.update({ where: { id: personId }, data: { roles: ['auditor'] } })
    accepted(await by({ groups: ['finance'] }))
    expect(await members()).toEqual([])
  })

  test('come by a sign-in that succeeds alone', async () => {
    expect(await by({ groups: ['finance'], emailVerified: false })).toMatchObject(REFUSED)
    expect(await members()).toEqual([])
  })
})

test('a session by single sign-on is a row as any other', async () => {
  const { sessionId } = accepted(await by())
  expect(await verifySession(db, sessionId, clock.now)).toMatchObject({ value: { method: 'oidc' } })
})
