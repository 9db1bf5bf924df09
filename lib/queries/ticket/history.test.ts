import { describe, expect, it } from 'vitest'
import { revokeGrant } from '#lib/commands/grant/revoke-grant'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { submitRequest } from '#lib/commands/request/submit-request'
import type { Contract } from '#lib/core/contract/contract'
import { digestOfText } from '#lib/core/contract/digest'
import type { Prose } from '#lib/wire/views/common'
import type { TicketView } from '#lib/wire/views/ticket'
import { testDatabase } from '../../../test/database'
import { collect, redeem, released, tamper } from '../../../test/promises/steps'
import { approve, attachPlan, must, submit, world } from '../../../test/world'
import { differenceView } from './neighbour-view'
import { ticketView } from './ticket-view'

const { url } = await testDatabase()
const w = await world(url)
const { db } = w.runtime

async function seen(requestId: string, allDecisions = false): Promise<TicketView> {
  const view = await ticketView(w.runtime, { requestId, viewerId: w.mara.id, allDecisions })
  if (!view) throw new Error('There is no such ticket')
  return view
}

/** A sentence without its faces; `#` stands for a time or a tag. */
function said(prose: Prose): string {
  return prose.map((run) => (typeof run === 'string' ? run : textOf(run))).join('')
}

function textOf(run: Exclude<Prose[number], string>): string {
  return 'text' in run ? run.text : '#'
}

const wake = async (requestId: string) =>
  must(await reevaluate(w.runtime, { requestId, cause: 'input' }))

async function supersede(requestId: string, contract: Contract = w.contract): Promise<string> {
  const by = { callerId: w.callerId, keyId: w.agent.keyId }
  const done = await submitRequest(w.runtime, {
    ...by,
    contract,
    runKey: null,
    supersedes: requestId,
  })
  return must(done).requestId
}

/** @returns how many the record then has */
async function addEntries(requestId: string, more: number): Promise<number> {
  const stream = `request:${requestId}`
  const last = await db.event.findFirstOrThrow({ where: { stream }, orderBy: { ordinal: 'desc' } })
  await db.event.createMany({
    data: Array.from({ length: more }, (_, at) => ({
      stream,
      ordinal: last.ordinal + 1 + at,
      type: 'ticket.opened',
      at: last.at,
      actor: { kind: 'system' },
      body: {},
      prev: last.prev,
      hash: `${requestId} ${at}`,
    })),
  })
  return last.ordinal + more
}

describe('the decisions of a ticket', () => {
  it('tell of each what it changed, and what people did that caused it', async () => {
    const requestId = await submit(w)
    await attachPlan(w, requestId, w.aiko)
    await wake(requestId)
    must(await approve(w, requestId, w.mara))
    await wake(requestId)
    const { entries, totalCount } = (await seen(requestId)).decisions
    expect(totalCount).toBe(entries.length)
    const [last, middle, first] = entries
    expect(said(first?.cause ?? [])).toBe('The contract arrived')
    expect(first?.changes.map(({ text }) => said(text))).toContain('Rollback plan: missing')
    expect(said(middle?.cause ?? [])).toBe('Aiko Mori attached a rollback plan')
    expect(middle?.changes.map(({ text }) => said(text))).toEqual([
      'Rollback plan: now to confirm, was missing',
    ])
    expect(last?.verdict).toBe('ALLOW')
    expect(said(last?.cause ?? [])).toBe('Mara Lindqvist approved with a code')
    expect(last?.changes.map(({ text }) => said(text))).toEqual([
      'The verdict went from DEFER to ALLOW',
      'Approval by one release manager: now met, was missing',
      'Second factor with that approval: now met, was missing',
      'Rollback plan: now met, was to confirm',
    ])
  })

  it('stay bounded, however often it was evaluated', async () => {
    const requestId = await submit(w)
    const first = await db.decision.findFirstOrThrow({ where: { requestId } })
    const rows = Array.from({ length: 700 }, (_, at) => ({
      ...first,
      issues: first.issues ?? [],
      requirements: first.requirements ?? [],
      ordinal: at + 2,
    }))
    await db.decision.createMany({ data: rows })
    const newest = (await seen(requestId)).decisions
    expect(newest).toMatchObject({ totalCount: 701 })
    expect(newest.entries).toHaveLength(20)
    expect(newest.entries[0]?.ordinal).toBe(701)
    expect(newest.entries.at(-1)?.changes.map(({ text }) => said(text))).toEqual([
      'Nothing that is asked for changed',
    ])
    expect((await seen(requestId, true)).decisions.entries).toHaveLength(500)
  })
})

describe('the record of a ticket', () => {
  it('tells the newest entries until all are asked for', async () => {
    const requestId = await submit(w)
    const count = await addEntries(requestId, 600)
    const asked = { requestId, viewerId: w.mara.id }
    const newest = await ticketView(w.runtime, asked)
    expect(newest?.record).toMatchObject({ olderCount: count - 30, isWhole: false })
    expect(newest?.record.entries).toHaveLength(30)
    const all = await ticketView(w.runtime, { ...asked, allEntries: true })
    expect(all?.record).toMatchObject({ olderCount: count - 500, isWhole: true })
    expect(all?.record.entries.slice(-30)).toEqual(newest?.record.entries)
  })

  it('of few entries is whole at once', async () => {
    const { record } = await seen(await submit(w))
    expect(record).toMatchObject({ olderCount: 0, isWhole: true })
  })

  it('leaves out no deed of a person that the decisions name', async () => {
    const requestId = await submit(w)
    await attachPlan(w, requestId, w.aiko)
    await wake(requestId)
    const before = (await seen(requestId)).decisions
    await addEntries(requestId, 60)
    expect((await seen(requestId)).decisions).toEqual(before)
  })
})

describe('a request that supersedes another', () => {
  it('shows what differs, and both lead to each other', async () => {
    const old = await submit(w)
    const fresh = await supersede(old, {
      ...w.contract,
      goal: 'Deploy release 2026.03.15 to production',
    })
    const view = await seen(fresh)
    expect(view.older).toMatchObject({ requestId: old, state: 'superseded' })
    const { difference } = view.older ?? {}
    if (difference?.kind !== 'lines') throw new Error('Nothing differs')
    const changed = difference.rows.flatMap((row) =>
      row.kind === 'line' && row.side !== 'same' ? [`${row.side} ${row.changed}`] : [],
    )
    expect(changed).toEqual(['old 4', 'new 5'])
    const before = await seen(old)
    expect(before.newer).toMatchObject({ requestId: fresh, state: 'open', difference })
    expect(said(before.standing)).toBe(
      'Superseded by a newer request of the same caller. Nothing ran.',
    )
  })

  it('says that nothing differs where the contract is the same', async () => {
    const old = await submit(w)
    expect((await seen(await supersede(old))).older?.difference).toEqual({ kind: 'none' })
  })

  it('is not compared with bytes that are not what was hashed', async () => {
    const old = await submit(w)
    const fresh = await supersede(old)
    await tamper(w, `UPDATE requests SET hashed = '{}' WHERE id = $1`, old)
    expect((await seen(fresh)).older?.difference).toMatchObject({ kind: 'unknown' })
  })

  it('shows of long contracts what differs and the lines round it', () => {
    const textOf = (goal: string) =>
      JSON.stringify({ a: Array.from({ length: 500 }, (_, at) => at), goal })
    const digest = (hashed: string) => ({ hashed, contractDigest: digestOfText(hashed) })
    const view = differenceView(digest(textOf('x')), digest(textOf('y')))
    if (view.kind !== 'lines') throw new Error('Nothing differs')
    expect(view.rows[0]).toEqual({ kind: 'gap', count: 500 })
    expect(view.rows).toHaveLength(5)
    expect(view).toMatchObject({ changedCount: 2, leftOutCount: 0 })
  })
})

describe('the grant of a ticket', () => {
  it('tells what redeem checked again, from its own entry', async () => {
    const requestId = await released(w)
    expect((await seen(requestId)).grant?.checks).toEqual([])
    const token = await collect(w, requestId)
    await redeem(w, token)
    const { grant } = await seen(requestId)
    const told = new Map(
      grant?.checks.map(({ label, found, result }) => [label, `${said(found)}: ${result}`]),
    )
    expect(told.get('Current policy')).toBe('The same version: ALLOW')
    expect(told.get('Arguments')).toBe('None bound, none sent: Equal')
    expect(told.get('Voters')).toMatch(/asked again: Eligible$/)
    expect(told.get('Earlier use')).toBe('None: First')
    expect(grant?.checks.every(({ isOk }) => isOk)).toBe(true)
    const entry = await db.event.findFirstOrThrow({
      where: { stream: `request:${requestId}`, type: 'grant.redeemed' },
    })
    expect(JSON.stringify(entry.body)).not.toContain(token)
    expect(Object.keys((entry.body as { checks: object }).checks)).not.toContain('arguments')
  })

  it('says who revoked it and why', async () => {
    const requestId = await released(w)
    const actor = { kind: 'person', id: w.mara.id } as const
    must(await revokeGrant(w.runtime, { requestId, actor, reason: 'INC-7 is open' }))
    expect(said((await seen(requestId)).grant?.ended?.reason ?? [])).toBe(
      'Revoked by Mara Lindqvist: “INC-7 is open”. Nothing ran.',
    )
  })

  it('that nobody comes for is said, with who to ask', async () => {
    const requestId = await released(w)
    expect((await seen(requestId)).notices).toEqual([])
    const createdAt = new Date(Date.now() - 40 * 60_000)
    await db.grant.update({ where: { requestId }, data: { createdAt } })
    const [notice] = (await seen(requestId)).notices
    expect(notice?.lead).toBe('Released 40 minutes ago and never collected.')
    expect(said(notice?.text ?? [])).toContain(`Ask ${w.owner.name}, who owns ci-release`)
  })

  it('that was redeemed and never reported is said, and that nobody knows whether it ran', async () => {
    const requestId = await released(w)
    await redeem(w, await collect(w, requestId))
    const redeemedAt = new Date(Date.now() - 20 * 60_000)
    await db.grant.update({ where: { requestId }, data: { redeemedAt } })
    const [notice] = (await seen(requestId)).notices
    expect(notice?.lead).toBe('Redeemed 20 minutes ago and never reported.')
    expect(said(notice?.text ?? [])).toContain('Whether it ran, or ran half, is not known here.')
  })
})

describe('what a caller says when it cancels', () => {
  it('is set as a claim, in the sentence and in the record', async () => {
    const requestId = await submit(w)
    const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
    const reason = 'Approved elsewhere'
    must(await cancelRequest(w.runtime, { requestId, actor, reason }))
    const { standing, record } = await seen(requestId)
    expect(standing).toContainEqual({ kind: 'claim', text: reason })
    expect(record.entries.at(-1)?.detail).toContainEqual({ kind: 'claim', text: reason })
  })
})
