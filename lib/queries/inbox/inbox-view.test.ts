import { describe, expect, it } from 'vitest'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { endEvidence } from '#lib/commands/evidence/end-evidence'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { inboxQuery } from '#lib/wire/inbox'
import type { InboxView } from '#lib/wire/views/inbox'
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
    expect(rowOf(await inboxOf(w.tomas), requestId)).toEqual({
      section: 'needs_me',
      needs: ['Your review of the rollback plan'],
    })
    expect(rowOf(await inboxOf(w.ines), requestId)).toEqual({
      section: 'others',
      needs: ['Rollback plan, to be reviewed'],
    })
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

  it('show the most urgent of what needs me even when fifty newer ones do not', async () => {
    const first = await submit(w)
    for (let at = 0; at < 50; at += 1) await submit(w)
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
    const odd = {
      view: 'x',
      q: ['a', 'b'],
      risk: {},
      caller: 7,
      environment: null,
      state: 'open',
      sort: 'id; DROP TABLE requests',
      cursor: "after.deadline.1.req_' OR 1=1",
    }
    expect(inboxQuery.parse(odd)).toEqual({
      tab: 'today',
      filter: { text: 'a', risk: null, callerId: null, environment: null, state: null },
      sort: 'deadline',
      cursor: null,
    })
  })

  it('is read under any order, and a cursor of another order or of no time begins at the first page', async () => {
    const id = await submit(w)
    const cursors = [
      `after.newest.${Date.now() + 60_000}.${id}`,
      `after.oldest.0.${id}`,
      `before.deadline.253402300799999.${id}`,
      `after.newest.99999999999999999.${id}`,
      `after.newest.-1.${id}`,
      `after.newest.1.req_\u0000`,
    ]
    for (const view of [
      'today',
      'needs_me',
      'mine',
      'open',
      'ready',
      'closed',
      'all',
      'never_reported',
    ]) {
      for (const sort of ['deadline', 'newest', 'x']) {
        for (const cursor of ['', ...cursors]) {
          const inbox = await inboxOf(w.mara, { view, sort, cursor, environment: 'nowhere', q: '' })
          expect(inbox.sections, `${view} ${sort} ${cursor}`).toEqual([])
        }
      }
    }
  })

  it('of what is silent leads to what is ready to run, narrowed', () => {
    for (const state of ['never_collected', 'never_reported'] as const) {
      const named = inboxQuery.parse({ view: state })
      expect(named).toEqual(inboxQuery.parse({ view: 'ready', state }))
      expect(named).toMatchObject({ tab: 'ready', filter: { state }, sort: 'oldest' })
    }
  })
})
