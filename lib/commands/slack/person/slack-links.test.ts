import { beforeEach, describe, expect, test } from 'vitest'
import { secretHash } from '#lib/auth/secret-hash'
import type { Result } from '#lib/core/result'
import type { FactorProof } from '#lib/wire/auth'
import type { SlackUser } from '#lib/wire/slack/buttons'
import { accepted, authWorld, ORIGIN, stepUpProof } from '../../../../test/auth-world'
import { linkSlack } from './link-slack'
import { startSlackLink } from './start-slack-link'
import { unlinkSlack } from './unlink-slack'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
const MINUTE = 60_000

let personId: string
let user: SlackUser
let count = 0

beforeEach(async () => {
  clock.now += 60 * MINUTE
  count++
  personId = await world.addPerson()
  user = { enterpriseId: '', teamId: 'T0OSTERBY', userId: `U${count}` }
})

async function asked(by: SlackUser = user, userName = 'mara'): Promise<string> {
  const { url } = accepted(await startSlackLink(runtime, { user: by, userName }))
  return new URL(url).hash.slice(1)
}
const liveLinks = () => db.slackLink.findMany({ where: { personId, endedAt: null } })
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.refusal.code)
const detailOf = (result: Result<unknown>) => (result.ok ? undefined : result.refusal.detail)

describe('the way from Slack to the page that links', () => {
  test('is an address of ours whose secret no server is sent, and which rests as a hash', async () => {
    const started = accepted(await startSlackLink(runtime, { user, userName: 'mara' }))
    expect(started.expiresAt).toBe(clock.now + 10 * MINUTE)
    const url = new URL(started.url)
    expect(url.origin + url.pathname + url.search).toBe(`${ORIGIN}/slack/link`)
    const secret = url.hash.slice(1)
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const row = await db.slackLinkCode.findUniqueOrThrow({
      where: { tokenHash: secretHash(secret) },
    })
    expect(row).toMatchObject({ ...user, userName: 'mara', usedAt: null })
    expect(JSON.stringify(row)).not.toContain(secret)
  })

  test('keeps any name that Slack can send', async () => {
    const secret = await asked(user, `Ma\0ra \ud800${'x'.repeat(200)}`)
    const { userName } = accepted(await linkSlack(runtime, { secret, personId, proof: null }))
    expect(userName).toMatch(/^Mara x{70,80}$/)
  })

  test('is not given to a Slack user who is somebody already, but to one whose person left', async () => {
    accepted(await linkSlack(runtime, { secret: await asked(), personId, proof: null }))
    const again = await startSlackLink(runtime, { user, userName: 'mara' })
    expect(codeOf(again)).toBe('already_linked')
    expect(detailOf(again)).toContain(`Person ${personId.slice(-4)}`)
    await db.person.update({ where: { id: personId }, data: { active: false } })
    expect(codeOf(await startSlackLink(runtime, { user, userName: 'mara' }))).toBe('ok')
  })
})

describe('linking', () => {
  test('makes the Slack user the person, and tells it on their stream without the secret', async () => {
    const secret = await asked()
    const { linkId } = accepted(await linkSlack(runtime, { secret, personId, proof: null }))
    expect(await liveLinks()).toMatchObject([{ id: linkId, ...user, userName: 'mara' }])
    const told = await world.events(`person:${personId}`)
    expect(told).toEqual([
      {
        type: 'slack.linked',
        actor: { kind: 'person', id: personId },
        body: { link: linkId, enterprise: '', team: user.teamId, user: user.userId, name: 'mara' },
      },
    ])
    expect(JSON.stringify(told)).not.toContain(secret)
  })

  test('takes a factor of whoever has one, bound to this very Slack user: a stolen session links nobody', async () => {
    const passkey = await world.addPasskey(personId)
    const app = await world.addTotp(personId)
    const secret = await asked()
    const linked = (proof: FactorProof | null) => linkSlack(runtime, { secret, personId, proof })
    expect(codeOf(await linked(null))).toBe('mfa_required')
    const action = { action: 'link_slack', user } as const
    const other = { ...action, user: { ...user, userId: `${user.userId}X` } }
    const forOther = await stepUpProof(runtime, personId, passkey, other)
    expect(codeOf(await linked(forOther))).toBe('mfa_failed')
    const code = app.code() === '000000' ? '000001' : '000000'
    expect(codeOf(await linked({ kind: 'totp', code }))).toBe('mfa_failed')
    expect(await liveLinks()).toEqual([])
    expect(codeOf(await linked(await stepUpProof(runtime, personId, passkey, action)))).toBe('ok')
    accepted(await unlinkSlack(runtime, { personId, byPersonId: personId }))
    const again = { secret: await asked(), personId }
    const proof = { kind: 'totp', code: app.code() } as const
    expect(codeOf(await linkSlack(runtime, { ...again, proof }))).toBe('ok')
  })

  test('happens once an address, in time, and by nobody who left', async () => {
    const late = await asked()
    clock.now += 10 * MINUTE
    expect(codeOf(await linkSlack(runtime, { secret: late, personId, proof: null }))).toBe(
      'unauthenticated',
    )
    expect(
      codeOf(await linkSlack(runtime, { secret: 'x'.repeat(43), personId, proof: null })),
    ).toBe('unauthenticated')
    const secret = await asked()
    await db.person.update({ where: { id: personId }, data: { active: false } })
    expect(codeOf(await linkSlack(runtime, { secret, personId, proof: null }))).toBe('forbidden')
    await db.person.update({ where: { id: personId }, data: { active: true } })
    accepted(await linkSlack(runtime, { secret, personId, proof: null }))
    accepted(await unlinkSlack(runtime, { personId, byPersonId: personId }))
    expect(codeOf(await linkSlack(runtime, { secret, personId, proof: null }))).toBe(
      'unauthenticated',
    )
    expect(await liveLinks()).toEqual([])
  })

  test('takes no Slack user from somebody else, and says whose it is', async () => {
    const other = await world.addPerson()
    const [first, second] = [await asked(), await asked()]
    accepted(await linkSlack(runtime, { secret: first, personId: other, proof: null }))
    const refused = await linkSlack(runtime, { secret: second, personId, proof: null })
    expect(codeOf(refused)).toBe('already_linked')
    expect(detailOf(refused)).toBe(
      `This Slack user is linked to Person ${other.slice(-4)}. They or an admin have to unlink it first.`,
    )
    expect(await liveLinks()).toEqual([])
    accepted(await unlinkSlack(runtime, { personId: other, byPersonId: other }))
    expect(codeOf(await linkSlack(runtime, { secret: second, personId, proof: null }))).toBe('ok')
  })

  test('gives nobody a second Slack user', async () => {
    accepted(await linkSlack(runtime, { secret: await asked(), personId, proof: null }))
    const secret = await asked({ ...user, userId: `${user.userId}B` }, 'mara too')
    const refused = await linkSlack(runtime, { secret, personId, proof: null })
    expect(codeOf(refused)).toBe('already_linked')
    expect(detailOf(refused)).toContain(`mara (${user.userId})`)
  })

  test('knows a user of another workspace by the same id for another user', async () => {
    const other = await world.addPerson()
    accepted(await linkSlack(runtime, { secret: await asked(), personId, proof: null }))
    const elsewhere = await asked({ ...user, teamId: 'T0ELSEWHERE' })
    expect(
      codeOf(await linkSlack(runtime, { secret: elsewhere, personId: other, proof: null })),
    ).toBe('ok')
  })

  test('of many at once by one address is done once', async () => {
    const secret = await asked()
    const people = await Promise.all(Array.from({ length: 6 }, () => world.addPerson()))
    const results = await Promise.all(
      people.map((id) => linkSlack(runtime, { secret, personId: id, proof: null })),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await db.slackLink.count({ where: { ...user, endedAt: null } })).toBe(1)
  })

  test('of many at once by many addresses links one user to one person', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => world.addPerson()))
    const secrets = await Promise.all(people.map(() => asked()))
    const results = await Promise.all(
      people.map((id, at) =>
        linkSlack(runtime, { secret: secrets[at] ?? '', personId: id, proof: null }),
      ),
    )
    expect(results.map(codeOf).sort()).toEqual([...Array(5).fill('already_linked'), 'ok'])
    expect(await db.slackLink.count({ where: { ...user, endedAt: null } })).toBe(1)
  })
})

describe('unlinking', () => {
  test('is done by the person or an admin, is told with who did it, and can be repeated', async () => {
    const admin = await world.addPerson(['admin'])
    const stranger = await world.addPerson(['approver', 'policy_editor'])
    const { linkId } = accepted(
      await linkSlack(runtime, { secret: await asked(), personId, proof: null }),
    )
    expect(codeOf(await unlinkSlack(runtime, { personId, byPersonId: stranger }))).toBe('forbidden')
    expect(await liveLinks()).toHaveLength(1)
    expect(await unlinkSlack(runtime, { personId, byPersonId: admin })).toMatchObject({
      value: { wasLinked: true },
    })
    expect(await unlinkSlack(runtime, { personId, byPersonId: personId })).toMatchObject({
      value: { wasLinked: false },
    })
    expect(await liveLinks()).toEqual([])
    const [, unlinked, ...more] = await world.events(`person:${personId}`)
    expect(more).toEqual([])
    expect(unlinked).toMatchObject({
      type: 'slack.unlinked',
      actor: { kind: 'person', id: admin },
      body: { link: linkId, user: user.userId },
    })
  })

  test('is not done by an admin who left', async () => {
    const admin = await world.addPerson(['admin'])
    accepted(await linkSlack(runtime, { secret: await asked(), personId, proof: null }))
    await db.person.update({ where: { id: admin }, data: { active: false } })
    expect(codeOf(await unlinkSlack(runtime, { personId, byPersonId: admin }))).toBe('forbidden')
    expect(await liveLinks()).toHaveLength(1)
  })
})
