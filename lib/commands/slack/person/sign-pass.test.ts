import { beforeAll, describe, expect, it } from 'vitest'
import { endPass, SIGN_PASS_MS, verifyPass } from '#lib/auth/sign-pass'
import { accepted, authWorld } from '../../../../test/auth-world'
import { createSignPass } from './create-sign-pass'
import { exchangeSignPass } from './exchange-sign-pass'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
let users = 0

async function link(personId: string): Promise<string> {
  const id = runtime.newId('slk')
  const user = { teamId: 'T0001', userId: `U${++users}`, userName: 'somebody' }
  await db.slackLink.create({ data: { id, personId, ...user, linkedAt: new Date(clock.now) } })
  return id
}

async function linkedPerson(): Promise<{ personId: string; linkId: string }> {
  const personId = await world.addPerson()
  return { personId, linkId: await link(personId) }
}

/** A fresh pass and what its link holds. */
async function pass() {
  const { personId, linkId } = await linkedPerson()
  const requestId = await world.addTicket()
  const { url } = accepted(await createSignPass(runtime, { personId, requestId }))
  return { personId, linkId, requestId, secret: new URL(url).hash.slice(1) }
}

async function openedPass() {
  const made = await pass()
  const opened = accepted(await exchangeSignPass(runtime, { ...made, cookie: null }))
  const look = () => verifyPass(db, { requestId: made.requestId, cookie: opened.cookie }, clock.now)
  return { ...made, cookie: opened.cookie, look }
}

const refusedAs = (code: string) => ({ ok: false, refusal: { code } })
const types = async (personId: string) =>
  (await world.events(`person:${personId}`)).map(({ type }) => type)

beforeAll(() => {
  clock.now = Date.parse('2026-03-14T10:00:00Z')
})

describe('a pass to the signing page', () => {
  it('is a link to one page with its secret in the fragment, for ten minutes', async () => {
    const { personId } = await linkedPerson()
    const requestId = await world.addTicket()
    const { url, expiresAt } = accepted(await createSignPass(runtime, { personId, requestId }))
    expect(url).toMatch(new RegExp(`^http://localhost:3000/sign/${requestId}#[A-Za-z0-9_-]{43}$`))
    expect(expiresAt - clock.now).toBe(10 * 60_000)
  })

  it('is given to nobody who is not linked, not active or not asked about an open ticket', async () => {
    const requestId = await world.addTicket()
    const stranger = await world.addPerson()
    const gone = await linkedPerson()
    await db.person.update({ where: { id: gone.personId }, data: { active: false } })
    const unlinked = await linkedPerson()
    await db.slackLink.update({ where: { id: unlinked.linkId }, data: { endedAt: new Date() } })
    for (const personId of [stranger, gone.personId, unlinked.personId]) {
      const made = await createSignPass(runtime, { personId, requestId })
      expect(made).toMatchObject(refusedAs('slack_not_linked'))
    }
    const { personId } = await linkedPerson()
    const unknown = await createSignPass(runtime, { personId, requestId: runtime.newId('req') })
    expect(unknown).toMatchObject(refusedAs('not_found'))
    await db.request.update({ where: { id: requestId }, data: { state: 'rejected' } })
    const closed = await createSignPass(runtime, { personId, requestId })
    expect(closed).toMatchObject(refusedAs('ticket_closed'))
    expect(await db.signPass.count({ where: { requestId } })).toBe(0)
  })

  it('rests as a hash, and the audit trail tells of it without its secrets', async () => {
    const { personId, secret, cookie } = await openedPass()
    expect(await types(personId)).toEqual(['sign_pass.created', 'sign_pass.opened'])
    const rows = await db.signPass.findMany({ where: { personId } })
    const told = JSON.stringify([rows, await world.events(`person:${personId}`)])
    expect(told).not.toContain(secret)
    expect(told).not.toContain(cookie)
  })

  it('is exchanged once, however many come at the same time', async () => {
    const made = await pass()
    const tries = Array.from({ length: 10 }, () =>
      exchangeSignPass(runtime, { ...made, cookie: null }),
    )
    const opened = (await Promise.all(tries)).filter(({ ok }) => ok)
    expect(opened).toHaveLength(1)
    expect(await exchangeSignPass(runtime, { ...made, cookie: null })).toMatchObject(
      refusedAs('unauthenticated'),
    )
    expect(await types(made.personId)).toContain('sign_pass.refused')
  })

  it('lets the browser that exchanged it come again, and no other', async () => {
    const made = await openedPass()
    const again = accepted(await exchangeSignPass(runtime, made))
    expect(again.cookie).toBe(made.cookie)
    const other = await openedPass()
    const withOther = await exchangeSignPass(runtime, { ...made, cookie: other.cookie })
    expect(withOther).toMatchObject(refusedAs('unauthenticated'))
  })

  it('opens no other request, and is not used up by trying', async () => {
    const made = await openedPass()
    const elsewhere = await world.addTicket()
    const look = { requestId: elsewhere, cookie: made.cookie }
    expect(await verifyPass(db, look, clock.now)).toMatchObject(refusedAs('unauthenticated'))
    const fresh = await pass()
    const tried = await exchangeSignPass(runtime, { ...fresh, requestId: elsewhere, cookie: null })
    expect(tried).toMatchObject(refusedAs('unauthenticated'))
    expect((await exchangeSignPass(runtime, { ...fresh, cookie: null })).ok).toBe(true)
  })

  it('is worth nothing as the cookie that it was not exchanged for', async () => {
    const { requestId, secret } = await openedPass()
    expect(await verifyPass(db, { requestId, cookie: secret }, clock.now)).toMatchObject(
      refusedAs('unauthenticated'),
    )
  })

  it('still shows how it ended when the ticket has closed', async () => {
    const { requestId, look } = await openedPass()
    await db.request.update({ where: { id: requestId }, data: { state: 'released' } })
    expect((await look()).ok).toBe(true)
  })
})

describe('a pass ends', () => {
  it('ten minutes after the press in Slack, exchanged or not', async () => {
    const began = clock.now
    const late = await pass()
    const { look } = await openedPass()
    clock.now = began + SIGN_PASS_MS - 1
    expect((await look()).ok).toBe(true)
    clock.now = began + SIGN_PASS_MS
    expect((await look()).ok).toBe(false)
    expect((await exchangeSignPass(runtime, { ...late, cookie: null })).ok).toBe(false)
  })

  it('when the person is deactivated, at once', async () => {
    const { personId, look } = await openedPass()
    await db.person.update({ where: { id: personId }, data: { active: false } })
    expect((await look()).ok).toBe(false)
  })

  it('when the Slack link that it was given for ends, even if another is made', async () => {
    const { personId, linkId, look } = await openedPass()
    const unused = accepted(
      await createSignPass(runtime, { personId, requestId: await world.addTicket() }),
    )
    await db.slackLink.update({ where: { id: linkId }, data: { endedAt: new Date(clock.now) } })
    await link(personId)
    expect((await look()).ok).toBe(false)
    const { pathname, hash } = new URL(unused.url)
    const sent = { requestId: pathname.slice('/sign/'.length), secret: hash.slice(1) }
    expect((await exchangeSignPass(runtime, { ...sent, cookie: null })).ok).toBe(false)
  })

  it('when whoever looks by it leaves it', async () => {
    const { cookie, look } = await openedPass()
    await endPass(db, cookie, clock.now)
    expect((await look()).ok).toBe(false)
  })

  it('and is forgotten a day later', async () => {
    const old = await pass()
    clock.now += 25 * 3_600_000
    await openedPass()
    expect(await db.signPass.count({ where: { requestId: old.requestId } })).toBe(0)
  })
})
