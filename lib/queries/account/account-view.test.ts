import { beforeEach, expect, test } from 'vitest'
import { createSession, type SignedIn, verifySession } from '#lib/auth/session'
import { confirmFactor } from '#lib/commands/factor/confirm-factor'
import { createSignInLink } from '#lib/commands/session/create-sign-in-link'
import { accepted, authWorld, enrolSoftwarePasskey } from '../../../test/auth-world'
import { accountView } from './account-view'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
const DAY = 86_400_000

let mara: SignedIn

beforeEach(async () => {
  clock.now += 30 * DAY
  // Each test has an installation of its own: nobody of an earlier one is left to confirm anything.
  await db.person.updateMany({ data: { active: false } })
  mara = await signIn(await world.addPerson())
})

async function signIn(personId: string, userAgent: string | null = null): Promise<SignedIn> {
  const id = runtime.newId('ses')
  await createSession(db, { id, personId, method: 'link', userAgent }, clock.now)
  return accepted(await verifySession(db, id, clock.now))
}

const view = (viewer = mara) => accountView({ ...runtime, config: { slack: null } }, viewer)

test('a new passkey waits, and whoever may confirm it is told to do so', async () => {
  const [admin, approver] = [await world.addPerson(['admin']), await world.addPerson()]
  await world.addTotp(admin)
  await world.addTotp(approver)
  const { id } = await enrolSoftwarePasskey(runtime, mara.personId, null)
  const { name } = await db.person.findUniqueOrThrow({ where: { id: admin } })
  expect((await view()).factors).toMatchObject([
    { key: id, standing: { kind: 'waits', confirmers: name, mayConfirmAlone: false } },
  ])
  expect((await view()).waiting).toEqual([])
  expect((await view(await signIn(admin))).waiting).toMatchObject([
    { key: id, person: { name: mara.name, email: mara.email }, isSecondHuman: true },
  ])
  expect((await view(await signIn(approver))).waiting).toEqual([])
})

test('once confirmed, a factor names who did it and waits for nobody', async () => {
  const admin = await world.addPerson(['admin'])
  const { code } = await world.addTotp(admin)
  const { id } = await enrolSoftwarePasskey(runtime, mara.personId, null)
  const proof = { kind: 'totp', code: code() } as const
  const factor = { kind: 'passkey', id } as const
  accepted(await confirmFactor(runtime, { actorId: admin, factor, proof }))
  const { name } = await db.person.findUniqueOrThrow({ where: { id: admin } })
  const shown = await view()
  expect(shown.factors).toMatchObject([
    { standing: { kind: 'confirmed', by: 'other', byName: name } },
  ])
  expect(shown.ways).toEqual({ passkey: true, code: false })
  expect((await view(await signIn(admin))).waiting).toEqual([])
})

test('an admin who made the link is told that the two might be one human', async () => {
  const admin = await world.addPerson(['admin'])
  await world.addTotp(admin)
  const by = { kind: 'person', id: admin } as const
  accepted(await createSignInLink(runtime, { personId: mara.personId, purpose: 'sign_in', by }))
  await enrolSoftwarePasskey(runtime, mara.personId, null)
  expect((await view(await signIn(admin))).waiting).toMatchObject([{ isSecondHuman: false }])
})

test('a lone admin may confirm their own first factor, and nobody else may', async () => {
  const admin = await signIn(await world.addPerson(['admin']))
  await enrolSoftwarePasskey(runtime, admin.personId, null)
  expect((await view(admin)).factors).toMatchObject([
    { standing: { kind: 'waits', mayConfirmAlone: true } },
  ])
  await enrolSoftwarePasskey(runtime, mara.personId, null)
  expect((await view()).factors).toMatchObject([
    { standing: { kind: 'waits', confirmers: '', mayConfirmAlone: false } },
  ])
})

test('a factor that waits does not prove who one is', async () => {
  await enrolSoftwarePasskey(runtime, mara.personId, null)
  expect((await view()).ways).toEqual({ passkey: false, code: false })
})

test('the sessions are those that would still let somebody in, this one first', async () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'
  clock.now += 1000
  const other = await signIn(mara.personId, firefox)
  const ended = await signIn(mara.personId)
  await db.session.update({ where: { id: ended.sessionId }, data: { revokedAt: new Date(0) } })
  const idle = await signIn(mara.personId)
  const lastSeenAt = new Date(clock.now - DAY)
  await db.session.update({ where: { id: idle.sessionId }, data: { lastSeenAt } })
  await signIn(await world.addPerson())
  expect((await view()).sessions).toMatchObject([
    { id: mara.sessionId, isThis: true, browser: null },
    { id: other.sessionId, isThis: false, browser: 'Firefox on Linux', method: 'link' },
  ])
})

test('a membership that has ended is not shown', async () => {
  await db.group.upsert({
    where: { name: 'release_managers' },
    create: { name: 'release_managers', label: 'Release managers' },
    update: {},
  })
  const { personId } = mara
  const membership = { groupName: 'release_managers', personId }
  await db.groupMember.create({ data: { ...membership, expiresAt: new Date(clock.now + 1) } })
  expect((await view()).person.groups).toEqual([
    { label: 'Release managers', endsAt: new Date(clock.now + 1).toISOString() },
  ])
  clock.now += 1
  expect((await view()).person.groups).toEqual([])
})
