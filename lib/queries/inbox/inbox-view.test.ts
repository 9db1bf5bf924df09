import { describe, expect, it } from 'vitest'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { endEvidence } from '#lib/commands/evidence/end-evidence'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { inboxQuery } from '#lib/wire/inbox'
import type { InboxView } from '#lib/wire/views-inbox'
import { testDatabase } from '../../../test/database'
import { approve, must, ROLLBACK_PLAN, submit, world } from '../../../test/world'
import { inboxView } from './inbox-view'

const { url } = await testDatabase()
const w = await world(url)

const inboxOf = (viewer: { id: string }, address: Record<string, string> = {}) =>
  inboxView(w.runtime, viewer.id, inboxQuery.parse(address))

/** What one request is listed as; null when it is not. */
function rowOf(inbox: InboxView, requestId: string) {
  for (const { id, rows } of inbox.sections) {
    const row = rows.find((one) => one.requestId === requestId)
    if (row) return { section: id, needs: row.needs.map(({ text }) => text.join('')) }
  }
  return null
}

async function attachPlan(requestId: string): Promise<string> {
  const added = await addEvidence(w.runtime, {
    requestId,
    actor: { kind: 'person', id: w.aiko.id },
    type: 'rollback_plan',
    body: ROLLBACK_PLAN,
    channel: 'web',
  })
  return must(added).evidenceId
}

const wake = async (requestId: string) =>
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))

describe('what needs me', () => {
  it('is what I may approve, and never what I stand behind, admin or not', async () => {
    const requestId = await submit(w)
    expect(rowOf(await inboxOf(w.mara), requestId)).toEqual({
      section: 'needs_me',
      needs: ['Your approval', 'Rollback plan'],
    })
    expect(rowOf(await inboxOf(w.owner), requestId)?.section).toBe('others')
    expect(rowOf(await inboxOf(w.ines), requestId)).toEqual({
      section: 'others',
      needs: ['Approval by one release manager', 'Rollback plan'],
    })
  })

  it('is no longer what I have voted on, whether policy has looked at the vote yet or not', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    expect(rowOf(await inboxOf(w.mara), requestId)?.section).toBe('others')
    await wake(requestId)
    expect(rowOf(await inboxOf(w.mara), requestId)?.section).toBe('others')
  })

  it('is again what I voted on when a plan came after my vote', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    await attachPlan(requestId)
    await wake(requestId)
    expect(rowOf(await inboxOf(w.mara), requestId)).toEqual({
      section: 'needs_me',
      needs: ['Your confirmation', 'It changed after your vote'],
    })
    expect(rowOf(await inboxOf(w.tomas), requestId)?.section).toBe('needs_me')
  })

  it('is again what I voted on when what I was shown is gone, so that my vote is void', async () => {
    const requestId = await submit(w)
    const change = { kind: 'person', id: w.aiko.id } as const
    const body = { text: 'Announced to support.' }
    const note = { requestId, actor: change, type: 'note', body, channel: 'web' } as const
    const { evidenceId } = must(await addEvidence(w.runtime, note))
    must(await approve(w, requestId, w.mara))
    await wake(requestId)
    expect(rowOf(await inboxOf(w.mara), requestId)?.section).toBe('others')
    const how = { kind: 'withdraw' } as const
    must(await endEvidence(w.runtime, { requestId, evidenceId, personId: w.aiko.id, how }))
    await wake(requestId)
    expect(rowOf(await inboxOf(w.mara), requestId)?.section).toBe('needs_me')
  })
})

describe('the lists', () => {
  it('find a request by its goal, tool, caller or id, and take wildcards as letters', async () => {
    const goal = 'Raise 100% of_limits'
    const requestId = await submit(w, { ...w.contract, goal })
    for (const q of ['100% OF_', 'deploy.prod', 'ci-rel', requestId]) {
      expect(rowOf(await inboxOf(w.mara, { q }), requestId), q).not.toBeNull()
    }
    for (const q of ['100%limits', 'R%', '_aise', requestId.slice(0, -1)]) {
      expect(rowOf(await inboxOf(w.mara, { q }), requestId), q).toBeNull()
    }
  })

  it('page by where the last page ended: each request once, newest first', async () => {
    const before = (await inboxOf(w.ines, { view: 'open' })).tabCounts.open
    const sent: string[] = []
    for (let at = 0; at < 60; at += 1) sent.push(await submit(w))
    const seen: string[] = []
    let cursor: string | null = ''
    for (let page = 0; cursor !== null && page < 5; page += 1) {
      const inbox: InboxView = await inboxOf(w.ines, { view: 'open', cursor })
      seen.push(...inbox.sections.flatMap(({ rows }) => rows.map(({ requestId }) => requestId)))
      cursor = inbox.nextCursor
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength(before + 60)
    expect(seen.slice(0, 50).sort()).toEqual(sent.slice(-50).sort())
  })

  it('show the most urgent of what needs me even when fifty newer ones do not', async () => {
    const first = await submit(w)
    await w.runtime.db.request.update({
      where: { id: first },
      data: { deadlineAt: new Date(Date.now() + 60_000) },
    })
    const inbox = await inboxOf(w.mara)
    expect(inbox.sections[0]?.rows[0]?.requestId).toBe(first)
    expect(inbox.firstClosesAt).toBe(inbox.sections[0]?.rows[0]?.closesAt)
    expect(inbox.needsMeCount).toBeGreaterThan(50)
  })
})

describe('the address of the inbox', () => {
  it('never breaks the page, whatever it says', () => {
    const odd = { view: 'x', q: ['a', 'b'], risk: {}, caller: 7, cursor: "2026 req_' OR 1=1" }
    expect(inboxQuery.parse(odd)).toEqual({
      tab: 'today',
      filter: { text: 'a', risk: null, callerId: null },
      cursor: null,
    })
  })
})
