import { expect, test } from 'vitest'
import { createSession, verifySession } from '#lib/auth/session'
import { applyReleased } from '#lib/commands/change/apply-change'
import { makeChange } from '#lib/commands/change/make-change'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { signIn } from '#lib/commands/session/sign-in'
import { testDatabase } from '../database'
import { approve, must, person, type WorldPerson, world } from '../world'

const { url } = await testDatabase()
const here = await world(url)
const { runtime, ines } = here
const { db, now } = runtime
const petra = await person(runtime, 'Petra Novak', ['admin'])
let count = 0

async function unlink(by: WorldPerson) {
  const change = { kind: 'people.unlink_oidc', person: ines.id } as const
  const proof = { kind: 'totp', code: await by.code() } as const
  return await makeChange(runtime, { personId: by.id, change, proof })
}

async function byIssuer(subject: string) {
  const { email } = await db.person.findUniqueOrThrow({ where: { id: ines.id } })
  const issuer = 'https://id.osterby.example'
  const groups = ['release_managers']
  const claims = { issuer, subject, nonce: `${++count}`, email, emailVerified: true, groups }
  return await signIn(runtime, { method: 'oidc', claims, userAgent: null })
}

const groupsOf = async () =>
  (await db.groupMember.findMany({ where: { personId: ines.id } })).map(
    ({ groupName }) => groupName,
  )

test('unlinking single sign-on takes two admins, ends what the link gave and no more, and lets the next account in', async () => {
  expect(await unlink(here.owner)).toMatchObject({ refusal: { code: 'change_outdated' } })
  const { sessionId } = must(await byIssuer('first'))
  const kept = runtime.newId('ses')
  await createSession(db, { id: kept, personId: ines.id, method: 'link', userAgent: null }, now())
  expect(await groupsOf()).toContain('release_managers')

  const made = must(await unlink(here.owner))
  const requestId = made.state === 'proposed' ? made.requestId : ''
  expect((await byIssuer('second')).ok).toBe(false)
  must(await approve(here, requestId, petra))
  must(await reevaluate(runtime, { requestId, cause: 'vote' }))
  await applyReleased(runtime)

  expect((await verifySession(db, sessionId, now())).ok).toBe(false)
  expect((await verifySession(db, kept, now())).ok).toBe(true)
  expect(await groupsOf()).not.toContain('release_managers')
  expect(await groupsOf()).toContain('finance_approvers')
  const entry = await db.event.findFirst({
    where: { stream: `person:${ines.id}` },
    orderBy: { ordinal: 'desc' },
  })
  expect(entry).toMatchObject({
    type: 'oidc_identity.unlinked',
    body: { subject: 'first', dual_control: 'on', request: requestId, sessions: 1 },
  })
  expect((await byIssuer('second')).ok).toBe(true)
  expect((await byIssuer('first')).ok).toBe(false)
})
