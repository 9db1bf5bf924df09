import { describe, expect, it } from 'vitest'
import { removeMember } from '#lib/commands/directory/remove-member'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { castVote } from '#lib/commands/vote/cast-vote'
import type { RefusalCode } from '#lib/core/refusals'
import type { Prose } from '#lib/wire/views/common'
import type { TicketView } from '#lib/wire/views/ticket'
import { testDatabase } from '../../../test/database'
import {
  approve,
  join,
  must,
  ROLLBACK_PLAN,
  shownDigest,
  submit,
  type WorldPerson,
  world,
} from '../../../test/world'
import { refusedVote } from './refused-vote'
import { signView } from './sign-view'
import { ticketView } from './ticket-view'

const { url } = await testDatabase()
const w = await world(url)

async function seenBy(viewer: { id: string }, requestId: string): Promise<TicketView> {
  const view = await ticketView(w.runtime, { requestId, viewerId: viewer.id })
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

async function attachPlan(requestId: string): Promise<void> {
  const plan = { type: 'rollback_plan', body: ROLLBACK_PLAN, channel: 'web' } as const
  const actor = { kind: 'person', id: w.aiko.id } as const
  must(await addEvidence(w.runtime, { requestId, actor, ...plan }))
}

async function rejectBy(voter: WorldPerson, requestId: string): Promise<void> {
  const vote = { requestId, personId: voter.id, choice: 'reject', channel: 'web' } as const
  const reviewDigest = await shownDigest(w.runtime, requestId)
  const why = { mfa: null, note: 'Payroll runs.', reason: 'not_now' } as const
  must(await castVote(w.runtime, { ...vote, reviewDigest, ...why }))
}

const wake = async (requestId: string) =>
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))

async function released(): Promise<string> {
  const requestId = await submit(w)
  await attachPlan(requestId)
  must(await approve(w, requestId, w.mara))
  await wake(requestId)
  return requestId
}

async function expired(): Promise<string> {
  const requestId = await submit(w)
  const deadlineAt = new Date(Date.now() - 1000)
  await w.runtime.db.request.update({ where: { id: requestId }, data: { deadlineAt } })
  await wake(requestId)
  return requestId
}

describe('the ticket page', () => {
  it('shows exactly the hashed bytes: the left cells, joined, are them', async () => {
    const goal = 'Deploy \u202e "quoted" \\ back \u{1f600}'
    const requestId = await submit(w, {
      ...w.contract,
      goal,
      arguments: { 'deploy.production': {} },
    })
    const { contract } = await seenBy(w.mara, requestId)
    const row = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    const shown = contract.lines.flatMap(({ bytes }) => bytes.map(({ text }) => text)).join('')
    expect(shown).toBe(row.hashed)
    expect(contract.byteLength).toBe(Buffer.byteLength(row.hashed))
    expect(contract.digest).toBe(row.contractDigest)
  })

  it('shows the digest that a vote is compared with', async () => {
    const requestId = await submit(w)
    const { vote } = await seenBy(w.mara, requestId)
    expect(vote.review?.digest).toBe(await shownDigest(w.runtime, requestId))
    const signed = await signView(w.runtime, { requestId, viewer: w.mara })
    expect(signed?.vote.review).toEqual(vote.review)
  })

  it('says that a claim satisfies nothing, and where a constraint became an item', async () => {
    const { contract, checklist } = await seenBy(w.mara, await submit(w))
    const readings = contract.lines.map(({ reading }) => said(reading))
    expect(readings).toContain('# pending. Satisfies nothing, only recorded votes count')
    expect(readings).toContain('Became item 1, approval by one release manager')
    expect(checklist.map(({ state }) => state)).toEqual(['missing', 'missing', 'missing', 'met'])
  })

  it('offers a vote to who may vote, and tells everybody else why not and who can', async () => {
    const requestId = await submit(w)
    expect((await seenBy(w.mara, requestId)).vote).toMatchObject({ canVote: true, whyNot: null })
    const others = 'Mara Lindqvist, Tomás Rey or Aiko Mori can vote.'
    const owner = await seenBy(w.owner, requestId)
    expect(owner.vote.canVote).toBe(false)
    expect(said(owner.vote.whyNot ?? [])).toBe(`You own ci-release, which asked for it. ${others}`)
    const ines = await seenBy(w.ines, requestId)
    expect(said(ines.vote.whyNot ?? [])).toBe(`Your groups do not approve this. ${others}`)
  })

  it('tells by whom the review was changed last, so that an open page knows its own doing', async () => {
    const requestId = await submit(w)
    expect((await seenBy(w.mara, requestId)).vote.review?.changes.count).toBe(0)
    await attachPlan(requestId)
    const seen = (await seenBy(w.mara, requestId)).vote.review?.changes
    expect(seen).toMatchObject({ count: 1, isLastByViewer: false })
    expect(said(seen?.last ?? [])).toBe('Aiko Mori attached a rollback plan at #.')
    const own = (await seenBy(w.aiko, requestId)).vote.review?.changes
    expect(own).toMatchObject({ count: 1, isLastByViewer: true })
  })

  it('shows what has ended as it was decided, whoever has left a group since', async () => {
    const requestId = await released()
    const before = await seenBy(w.tomas, requestId)
    const member = { group: 'release_managers', personId: w.mara.id, byPersonId: null }
    must(await removeMember(w.runtime, member))
    const after = await seenBy(w.tomas, requestId)
    await join(w.runtime, 'release_managers', w.mara.id)
    expect(after.signatures.lines.map(({ kind }) => kind)).toEqual(['signed'])
    expect(after.checklist).toEqual(before.checklist)
    expect(said(after.standing)).toContain('because Mara Lindqvist signed with a code')
  })
})

describe('an end', () => {
  it('is told apart from every other, and an expiry names nobody', async () => {
    const rejected = await submit(w)
    await rejectBy(w.tomas, rejected)
    const cancelled = await submit(w)
    const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
    must(await cancelRequest(w.runtime, { requestId: cancelled, actor, reason: null }))
    const wrongPlace = { ...w.contract, tools: ['deploy.staging'] }
    const sentences = new Map<string, string>()
    for (const requestId of [await released(), rejected, cancelled, await expired()]) {
      const { state, standing } = await seenBy(w.mara, requestId)
      sentences.set(state, said(standing))
    }
    expect(await submit(w, wrongPlace)).toMatch(/^req_/)
    expect(sentences.get('rejected')).toBe(
      'Rejected by Tomás Rey: wrong time, “Payroll runs”. Nothing will run.',
    )
    expect(sentences.get('cancelled')).toBe('Cancelled by ci-release. Nothing ran.')
    expect(sentences.get('released')).toMatch(/^Released because Mara Lindqvist signed/)
    const expiry = sentences.get('expired') ?? ''
    for (const { name } of [w.mara, w.tomas, w.aiko, w.owner]) expect(expiry).not.toContain(name)
    expect(expiry).toContain('Nothing ran.')
  })

  it.each<[string, RefusalCode, () => Promise<string>, string, string]>([
    [
      'released',
      'already_decided',
      released,
      'Mara Lindqvist signed first',
      'Mara Lindqvist approved with a code at #. Nothing else was missing. Your vote was not needed and was not counted.',
    ],
    [
      'rejected',
      'already_decided',
      async () => {
        const requestId = await submit(w)
        await rejectBy(w.mara, requestId)
        return requestId
      },
      'Mara Lindqvist rejected it first',
      'It was rejected at # and nothing will run. Your vote was not counted.',
    ],
    [
      'expired',
      'ticket_expired',
      expired,
      'Expired, nothing ran',
      'It was open until #. That is not a no. Your vote was not counted. The caller may ask again.',
    ],
  ])('that came first is told to a late voter: %s', async (_state, code, end, title, text) => {
    const requestId = await end()
    const late = { requestId, viewerId: w.tomas.id, refusal: { code } }
    const told = await refusedVote(w.runtime, late)
    expect(told.title).toBe(title)
    expect(said(told.text)).toBe(text)
  })

  it('says until when codes are locked, with the zone that it counts in', async () => {
    const refusal = { code: 'mfa_locked', meta: { retry_after_ms: 60_000 } } as const
    const requestId = await submit(w)
    const told = await refusedVote(w.runtime, { requestId, viewerId: w.tomas.id, refusal })
    expect(said(told.text)).toMatch(/^Too many did not match\. They work again at # UTC\./)
  })
})
