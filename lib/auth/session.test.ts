import { beforeEach, expect, test } from 'vitest'
import { signOut } from '#lib/commands/session/sign-out'
import { authWorld } from '../../test/auth-world'
import { createSession, SESSION_IDLE_MS, SESSION_MS, verifySession } from './session'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime

let personId: string
let sessionId: string

beforeEach(async () => {
  personId = await world.addPerson(['approver'])
  sessionId = await start()
})

async function start(): Promise<string> {
  const id = runtime.newId('ses')
  const session = { id, personId, method: 'link', userAgent: 'x'.repeat(10_000) } as const
  await createSession(db, session, clock.now)
  return id
}

const check = (id = sessionId) => verifySession(db, id, clock.now)
const isLive = async (id = sessionId) => (await check(id)).ok

test('a session tells who is signed in, as the people row says now', async () => {
  await db.person.update({ where: { id: personId }, data: { roles: ['auditor'] } })
  expect(await check()).toMatchObject({
    ok: true,
    value: { sessionId, personId, roles: ['auditor'], method: 'link' },
  })
})

test('a session that nobody started is refused', async () => {
  expect(await isLive('ses_none')).toBe(false)
})

test('a session is refused on the next call after signing out, and the others are not', async () => {
  const other = await start()
  expect(await signOut(runtime, { personId, sessionId })).toMatchObject({
    value: { endedCount: 1 },
  })
  expect(await isLive()).toBe(false)
  expect(await isLive(other)).toBe(true)
  expect(await signOut(runtime, { personId, sessionId })).toMatchObject({
    value: { endedCount: 0 },
  })
})

test('signing out everywhere ends every session', async () => {
  const other = await start()
  expect(await signOut(runtime, { personId, sessionId: 'all' })).toMatchObject({
    value: { endedCount: 2 },
  })
  expect(await isLive()).toBe(false)
  expect(await isLive(other)).toBe(false)
  const ended = (await world.events(`person:${personId}`)).filter(
    ({ type }) => type === 'session.ended',
  )
  expect(ended).toHaveLength(1)
})

test('signing out everywhere else keeps the session it is done from, and those of other people', async () => {
  const stranger = await world.addPerson()
  const foreign = runtime.newId('ses')
  const session = { id: foreign, personId: stranger, method: 'link', userAgent: null } as const
  await createSession(db, session, clock.now)
  const [second, third] = [await start(), await start()]
  const input = { personId, sessionId: { allBut: sessionId } }
  expect(await signOut(runtime, input)).toMatchObject({ value: { endedCount: 2 } })
  expect(await isLive(second)).toBe(false)
  expect(await isLive(third)).toBe(false)
  expect(await isLive()).toBe(true)
  expect(await isLive(foreign)).toBe(true)
})

test('nobody ends the session of somebody else', async () => {
  const stranger = await world.addPerson()
  await signOut(runtime, { personId: stranger, sessionId })
  expect(await isLive()).toBe(true)
})

test('a session is refused on the next call after its human was deactivated', async () => {
  await db.person.update({ where: { id: personId }, data: { active: false } })
  expect(await isLive()).toBe(false)
})

test('a session unused for a day is refused', async () => {
  const startedAt = clock.now
  clock.now = startedAt + SESSION_IDLE_MS - 1
  expect(await isLive()).toBe(true)
  clock.now += SESSION_IDLE_MS
  expect(await isLive()).toBe(false)
})

test('a session ends after seven days, however much it is used', async () => {
  const startedAt = clock.now
  for (let day = 1; day < 14; day++) {
    clock.now = startedAt + (day * SESSION_MS) / 14
    expect(await isLive()).toBe(true)
  }
  clock.now = startedAt + SESSION_MS
  expect(await isLive()).toBe(false)
})

test('that it was seen is written at most once a minute', async () => {
  const seenAt = async () =>
    (await db.session.findUniqueOrThrow({ where: { id: sessionId } })).lastSeenAt.getTime()
  const startedAt = clock.now
  clock.now = startedAt + 59_999
  await check()
  expect(await seenAt()).toBe(startedAt)
  clock.now = startedAt + 60_000
  await Promise.all([check(), check(), check()])
  expect(await seenAt()).toBe(startedAt + 60_000)
})
