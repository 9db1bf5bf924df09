import { describe, expect, it } from 'vitest'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { batchResults } from '#lib/queries/inbox/batch-results'
import { batchReview } from '#lib/queries/inbox/batch-review'
import { rejectManyForm, selectedIds } from '#lib/wire/inbox'
import { testDatabase } from '../../../test/database'
import { attachPlan, must, shownDigest, submit, type WorldPerson, world } from '../../../test/world'
import { castVote } from './cast-vote'
import { rejectMany } from './reject-many'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w

const NOBODYS = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'
const OTHER_DIGEST = `sha-256:${'0'.repeat(64)}`

async function shown(...requestIds: string[]) {
  const items = requestIds.map(async (requestId) => ({
    requestId,
    reviewDigest: await shownDigest(runtime, requestId),
  }))
  return await Promise.all(items)
}

type Items = { requestId: string; reviewDigest: string }[]

const rejectAs = (person: { id: string }, items: Items) =>
  rejectMany(runtime, { personId: person.id, items, reason: 'not_now', note: 'Freeze.' })

async function stateOf(requestId: string) {
  const { state } = await runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
  return state
}

async function soloReject(requestId: string, voter: WorldPerson) {
  const [item] = await shown(requestId)
  const vote = { requestId, personId: voter.id, choice: 'reject', channel: 'web' } as const
  const reviewDigest = item?.reviewDigest ?? ''
  const rest = { reviewDigest, mfa: null, note: null, reason: 'too_risky' } as const
  return must(await castVote(runtime, { ...vote, ...rest }))
}

describe('rejecting several', () => {
  it('rejects each by a vote of its own, with its reason and note, and no second factor', async () => {
    const [a, b] = [await submit(w), await submit(w)]
    const done = must(await rejectAs(w.mara, await shown(a, b)))
    expect(done.map(({ kind }) => kind)).toEqual(['rejected', 'rejected'])
    const votes = await runtime.db.vote.findMany({ where: { requestId: { in: [a, b] } } })
    expect(votes).toHaveLength(2)
    for (const vote of votes) {
      const expected = { personId: w.mara.id, choice: 'reject', reason: 'not_now', note: 'Freeze.' }
      expect(vote).toMatchObject({ ...expected, method: 'none', channel: 'web' })
    }
    expect([await stateOf(a), await stateOf(b)]).toEqual(['rejected', 'rejected'])
  })

  it('stops at nothing: what is refused says why, each by itself, and the rest is rejected', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => submit(w)))
    const [fine = '', changed = '', lost = '', cancelled = '', last = ''] = ids
    const items = await shown(...ids)
    await attachPlan(w, changed, w.aiko)
    await soloReject(lost, w.tomas)
    const actor = { kind: 'person', id: w.owner.id } as const
    must(await cancelRequest(runtime, { requestId: cancelled, actor, reason: null }))
    const nobodys = { requestId: NOBODYS, reviewDigest: OTHER_DIGEST }
    const done = must(await rejectAs(w.mara, [...items.slice(0, 4), nobodys, ...items.slice(4)]))
    const told = await batchResults(runtime, w.mara.id, done)
    expect(told.map(({ requestId }) => requestId)).toEqual([
      ...ids.slice(0, 4),
      NOBODYS,
      ...ids.slice(4),
    ])
    expect(told.map(({ outcome, title }) => `${outcome}: ${title}`)).toEqual([
      'rejected: Rejected',
      'retry: It changed while you read it',
      'not_rejected: Tomás Rey rejected it first',
      'not_rejected: It was cancelled',
      'not_rejected: Not found',
      'rejected: Rejected',
    ])
    expect(await Promise.all([fine, changed, lost, cancelled, last].map(stateOf))).toEqual([
      'rejected',
      'open',
      'rejected',
      'cancelled',
      'rejected',
    ])
  })

  it('rejects nothing by a digest that was not shown, and rejects it once it was read again', async () => {
    const requestId = await submit(w)
    const wrong = [{ requestId, reviewDigest: OTHER_DIGEST }]
    const [refused] = must(await rejectAs(w.mara, wrong))
    expect(refused).toMatchObject({ kind: 'refused', refusal: { code: 'review_changed' } })
    expect(await stateOf(requestId)).toBe('open')
    const attempts = await runtime.db.event.findMany({
      where: { stream: `request:${requestId}`, type: 'vote.refused' },
    })
    expect(attempts).toHaveLength(1)
    must(await rejectAs(w.mara, await shown(requestId)))
    expect(await stateOf(requestId)).toBe('rejected')
  })

  it('refuses whoever stands behind a request and whoever does not approve it, whatever digest they send', async () => {
    const requestId = await submit(w)
    const other = [{ requestId, reviewDigest: OTHER_DIGEST }]
    for (const items of [await shown(requestId), other]) {
      const [own] = must(await rejectAs(w.owner, items))
      expect(own).toMatchObject({ kind: 'refused', refusal: { code: 'own_request' } })
      const [foreign] = must(await rejectAs(w.ines, items))
      expect(foreign).toMatchObject({ kind: 'refused', refusal: { code: 'not_eligible' } })
    }
    expect(await stateOf(requestId)).toBe('open')
  })

  it('sent again after an answer that was lost, says that it is done', async () => {
    const items = await shown(await submit(w))
    must(await rejectAs(w.mara, items))
    const told = await batchResults(runtime, w.mara.id, must(await rejectAs(w.mara, items)))
    expect(told).toMatchObject([{ outcome: 'rejected', title: 'Rejected by you already' }])
  })

  it('takes 1 to 50 ids, none of them twice, and nothing else', async () => {
    const [item] = await shown(await submit(w))
    if (!item) throw new Error('nothing was sent')
    const many = Array.from({ length: 51 }, () => ({ ...item, requestId: runtime.newId('req') }))
    for (const items of [[], [item, item], many]) {
      expect(await rejectAs(w.mara, items)).toMatchObject({
        ok: false,
        refusal: { code: 'invalid_body' },
      })
      expect(rejectManyForm.safeParse({ items, reason: 'other', note: '' }).success).toBe(false)
      expect(selectedIds.safeParse(items.map(({ requestId }) => requestId)).success).toBe(false)
    }
    for (const ids of [[7], [null], [{}], ['x'], [`${item.requestId}'`], item.requestId, null]) {
      expect(selectedIds.safeParse(ids).success).toBe(false)
    }
    expect(await stateOf(item.requestId)).toBe('open')
  })

  it('can never approve: a choice has no place in it', async () => {
    const [item] = await shown(await submit(w))
    const form = { items: [item], reason: 'other', note: '' }
    expect(rejectManyForm.safeParse(form).success).toBe(true)
    for (const choice of ['approve', 'reject']) {
      expect(rejectManyForm.safeParse({ ...form, choice }).success).toBe(false)
      const chosen = [{ ...item, choice }]
      expect(rejectManyForm.safeParse({ ...form, items: chosen }).success).toBe(false)
    }
    const asked = { personId: w.mara.id, items: item ? [item] : [], reason: 'other' } as const
    const sneaked = { ...asked, note: null, choice: 'approve' }
    must(await rejectMany(runtime, sneaked))
    expect(await stateOf(item?.requestId ?? '')).toBe('rejected')
  })
})

describe('what is shown before several are rejected', () => {
  it('is each request as it is now, with the words that the rejection is bound to', async () => {
    const requestId = await submit(w)
    const [before] = await batchReview(runtime, { viewerId: w.mara.id, requestIds: [requestId] })
    expect(before).toMatchObject({
      requestId,
      goal: w.contract.goal,
      callerName: 'ci-release',
      ownerName: 'Jonas Weber',
      whyNot: null,
      review: { digest: await shownDigest(runtime, requestId) },
    })
    const actor = { kind: 'person', id: w.aiko.id } as const
    const body = { text: 'Announced to support.' }
    const note = { requestId, actor, type: 'note', body, channel: 'web' } as const
    must(await addEvidence(runtime, note))
    const [after] = await batchReview(runtime, { viewerId: w.mara.id, requestIds: [requestId] })
    expect(after?.review?.digest).not.toBe(before?.review?.digest)
    expect(after?.review?.words).not.toEqual(before?.review?.words)
  })

  it('leaves out, with the reason, what cannot be rejected', async () => {
    const [open, ended] = [await submit(w), await submit(w)]
    await soloReject(ended, w.tomas)
    const requestIds = [open, ended, NOBODYS]
    const read = async (viewer: { id: string }) =>
      (await batchReview(runtime, { viewerId: viewer.id, requestIds })).map(
        ({ whyNot }) => whyNot?.filter((run) => typeof run === 'string').join('') ?? null,
      )
    const rest = ['It is rejected by Tomás Rey since .', 'There is no such request.']
    expect(await read(w.mara)).toEqual([null, ...rest])
    expect(await read(w.owner)).toEqual([
      'You stand behind ci-release, which asked for it.',
      ...rest,
    ])
    expect(await read(w.ines)).toEqual(['Your groups do not approve this.', ...rest])
  })
})
