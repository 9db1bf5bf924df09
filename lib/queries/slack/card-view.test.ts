import { describe, expect, it } from 'vitest'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { submitRequest } from '#lib/commands/request/submit-request'
import { castVote } from '#lib/commands/vote/cast-vote'
import type { Contract } from '#lib/core/contract/contract'
import type { Prose } from '#lib/wire/views/common'
import type { CardView, ModalView } from '#lib/wire/views/slack'
import { testDatabase } from '../../../test/database'
import { givePasskey, voteByPasskey } from '../../../test/passkeys'
import { approve, attachPlan, must, shownDigest, submit, world } from '../../../test/world'
import { cardView } from './card-view'
import { eventLines } from './event-lines'
import { slackHomeView } from './home-view'
import { modalView } from './modal-view'

const { url } = await testDatabase()
const w = await world(url, { env: { TIME_ZONE: 'Europe/Berlin' } })

async function cardOf(requestId: string): Promise<CardView> {
  const card = await cardView(w.runtime, requestId)
  if (!card) throw new Error('There is no such request')
  return card
}

async function modalFor(person: { id: string }, requestId: string): Promise<ModalView> {
  const view = await modalView(w.runtime, { requestId, personId: person.id })
  if (!view) throw new Error('There is no such request')
  return view
}

/** A sentence; `#` stands for a time. */
function said(prose: Prose): string {
  const texts = prose.map((run) => {
    if (typeof run === 'string') return run
    return 'text' in run ? run.text : '#'
  })
  return texts.join('')
}

const wake = async (requestId: string) =>
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))

async function expire(requestId: string): Promise<void> {
  const deadlineAt = new Date(Date.now() - 1_000)
  await w.runtime.db.request.update({ where: { id: requestId }, data: { deadlineAt } })
  await wake(requestId)
}

const PAYOUT: Contract = {
  goal: 'Pay invoice 2026-0317 to Kestrel Freight GmbH',
  tools: ['payments.payout.create'],
  arguments: {
    'payments.payout.create': {
      payee: 'Kestrel Freight GmbH',
      iban: 'DE02 1203 0000 0000 2020 51',
      amount: '48200.00',
      currency: 'EUR',
    },
  },
}

describe('a card of a held request', () => {
  it('says what, why it is held, who is behind it and what is missing, as the look shows it', async () => {
    const card = await cardOf(await submit(w))
    expect(card).toMatchObject({
      headline: 'Approval needed',
      subject: { tool: 'deploy.production', moreToolCount: 0, amount: null },
      environment: { name: 'production', registered: true },
      callerName: 'ci-release',
      ownerName: 'Jonas Weber',
      riskLabels: ['Production control plane'],
      missing: [
        { text: 'Approval by one release manager, with passkey or code' },
        { text: 'Rollback plan' },
      ],
      offer: 'code',
      evidenceIn: 'slack',
      zone: 'Europe/Berlin',
    })
    expect(said(card.story)).toBe(
      'Held because no release manager has approved it and no rollback plan is on file.',
    )
    expect(card.review).toMatchObject({ isUnbound: true })
  })

  it('shows the digest and the words that a vote is compared with', async () => {
    const requestId = await submit(w)
    expect((await cardOf(requestId)).review?.digest).toBe(await shownDigest(w.runtime, requestId))
  })

  it('of money names the amount and never offers a vote in Slack, to anybody', async () => {
    const requestId = await submit(w, PAYOUT)
    const card = await cardOf(requestId)
    expect(card.subject.amount).toBe('EUR 48,200.00')
    expect(card.payee).toBe('Kestrel Freight GmbH, DE02 1203 0000 0000 2020 51')
    expect(card.headline).toBe('Two approvals needed')
    expect(card.missing[0]?.text).toBe('Approval by two finance approvers, each with a passkey')
    expect(card.offer).toBe('passkey')
    for (const person of [w.ines, w.mara, w.tomas]) {
      expect((await modalFor(person, requestId)).offer).toBe('passkey')
    }
  })

  it('that got one of its two approvals says how many more it needs, and by whom', async () => {
    const { passkey } = await givePasskey(w, w.ines)
    const requestId = await submit(w, PAYOUT)
    await voteByPasskey(w, requestId, { id: w.ines.id, passkey })
    await wake(requestId)
    const { missing, headline } = await cardOf(requestId)
    expect(headline).toBe('One more approval needed')
    expect(missing[0]?.text).toBe('Approval by one more finance approver, with a passkey')
  })

  it('that Slack cannot show whole is offered in the console alone', async () => {
    const whole = await submit(w, { ...w.contract, goal: 'a'.repeat(1_000) })
    expect((await modalFor(w.mara, whole)).offer).toBe('code')
    const long = await submit(w, { ...w.contract, goal: 'a'.repeat(3_000) })
    expect((await cardOf(long)).offer).toBe('console')
    expect((await modalFor(w.mara, long)).offer).toBe('console')
  })

  it('whose evidence Slack cannot show whole is offered in the console alone', async () => {
    const requestId = await submit(w)
    const actor = { kind: 'person', id: w.aiko.id } as const
    const note = { type: 'note', body: { text: 'a'.repeat(3_500) }, channel: 'web' } as const
    must(await addEvidence(w.runtime, { requestId, actor, ...note }))
    expect((await cardOf(requestId)).offer).toBe('console')
  })

  it('once signed says by whom, how and when, and what is missing still', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    await wake(requestId)
    const card = await cardOf(requestId)
    expect(card.headline).toBe('Signed, still held')
    expect(said(card.story)).toBe(
      'Mara Lindqvist approved with a code at #. A rollback plan is missing.',
    )
    expect(card).toMatchObject({ wantsVote: false, isSigned: true, evidenceIn: 'slack' })
  })

  it('with a plan that came after the vote asks to confirm it, and the voter is told that it is theirs', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    await attachPlan(w, requestId, w.aiko)
    await wake(requestId)
    const card = await cardOf(requestId)
    expect(card).toMatchObject({ headline: 'Confirmation needed', wantsVote: true })
    expect(said(card.story)).toContain('The rollback plan came after that and has to be confirmed.')
    const modal = await modalFor(w.mara, requestId)
    expect(modal.isConfirmation).toBe(true)
    expect(modal.evidence[0]?.text).toContain('previous_version: "2026.03.07"')
    expect((await modalFor(w.tomas, requestId)).isConfirmation).toBe(false)
  })
})

describe('an end', () => {
  it('is told apart from every other one', async () => {
    const released = await submit(w)
    await attachPlan(w, released, w.aiko)
    must(await approve(w, released, w.mara))
    await wake(released)
    const ready = await cardOf(released)
    expect(ready.headline).toBe('Released')
    expect(said(ready.story)).toBe(
      'Mara Lindqvist signed at # with the rollback plan in view. It has not run yet: deploy-runner can collect the allow token.',
    )

    const rejected = await submit(w)
    must(
      await castVote(w.runtime, {
        requestId: rejected,
        personId: w.tomas.id,
        choice: 'reject',
        channel: 'web',
        reviewDigest: await shownDigest(w.runtime, rejected),
        mfa: null,
        note: 'Payroll runs.',
        reason: 'not_now',
      }),
    )
    const no = await cardOf(rejected)
    expect(no.headline).toBe('Rejected by Tomás Rey')
    expect(said(no.story)).toBe('Tomás Rey rejected it at #: “Wrong time”. Nothing will run.')
    expect(no.note).toEqual({ lead: 'Tomás Rey, in their own words:', text: 'Payroll runs.' })

    const cancelled = await submit(w)
    const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
    must(await cancelRequest(w.runtime, { requestId: cancelled, actor, reason: null }))
    const back = await cardOf(cancelled)
    expect(back.headline).toBe('Cancelled by its caller, nothing ran')

    const old = await submit(w)
    const { keyId } = w.agent
    const next = { contract: w.contract, callerId: w.callerId, keyId, runKey: null }
    must(await submitRequest(w.runtime, { ...next, supersedes: old }))
    expect((await cardOf(old)).headline).toBe('Superseded, nothing ran')
  })

  it('by time names nobody, and says that it is no no', async () => {
    const requestId = await submit(w)
    await expire(requestId)
    const card = await cardOf(requestId)
    expect(card.headline).toBe('Expired, nothing ran')
    expect(said(card.story)).toBe(
      'Nobody who may approve it did so by #. That is not a no. ci-release may ask again.',
    )
    for (const { name } of [w.mara, w.tomas, w.aiko, w.owner]) {
      expect(JSON.stringify([card.headline, card.story, card.note])).not.toContain(name)
    }
  })

  it('by time after an approval does not say that nobody approved, and names nobody either', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    await wake(requestId)
    await expire(requestId)
    const { story, headline } = await cardOf(requestId)
    expect(headline).toBe('Expired, nothing ran')
    expect(said(story)).toMatch(/^Not all that it needs was there by #\. That is not a no\./)
    expect(JSON.stringify(story)).not.toContain('Mara')
  })
})

describe('a modal', () => {
  it('tells its owner, who is behind it, why they cannot vote and who can', async () => {
    const { whyNot } = await modalFor(w.owner, await submit(w))
    expect(said(whyNot ?? [])).toBe(
      'You own ci-release, which asked for it. Mara Lindqvist, Tomás Rey or Aiko Mori can vote.',
    )
  })

  it('offers a code only to whoever has one', async () => {
    const requestId = await submit(w)
    await w.runtime.db.totp.delete({ where: { personId: w.aiko.id } })
    expect((await modalFor(w.aiko, requestId)).offer).toBe('passkey')
    expect((await modalFor(w.mara, requestId)).offer).toBe('code')
  })
})

describe('the thread', () => {
  it('is told each deed once, in order, and no refused attempt', async () => {
    const requestId = await submit(w)
    const vote = { requestId, personId: w.ines.id, choice: 'approve', channel: 'web' } as const
    const reviewDigest = await shownDigest(w.runtime, requestId)
    const proof = { mfa: { kind: 'totp', code: '000000' }, note: null, reason: null } as const
    expect((await castVote(w.runtime, { ...vote, reviewDigest, ...proof })).ok).toBe(false)
    must(await approve(w, requestId, w.mara))
    await attachPlan(w, requestId, w.aiko)
    must(await approve(w, requestId, w.mara))
    await wake(requestId)
    const lines = await eventLines(w.runtime, { requestId, afterOrdinal: 0 })
    expect(lines.map(({ text }) => said(text))).toEqual([
      'Mara Lindqvist approved with a code',
      'Aiko Mori attached a rollback plan',
      'Mara Lindqvist confirmed with a code, the rollback plan in view',
      'Nothing is missing. Released, grant ready',
    ])
    const after = lines[1]?.ordinal ?? 0
    const rest = await eventLines(w.runtime, { requestId, afterOrdinal: after })
    expect(rest).toHaveLength(2)
  })
})

describe('the app’s home', () => {
  it('lists what needs this person and nothing that does not; of a stranger it knows nothing', async () => {
    const mine = await slackHomeView(w.runtime, { personId: w.tomas.id })
    expect(mine.needsMe.length).toBeGreaterThan(0)
    expect(mine.needsMe.length).toBeLessThanOrEqual(5)
    const signed = await submit(w)
    must(await approve(w, signed, w.mara))
    await wake(signed)
    // The most urgent first: it is made the first of them.
    const deadlineAt = new Date(Date.now() + 60_000)
    await w.runtime.db.request.update({ where: { id: signed }, data: { deadlineAt } })
    const ofTomas = await slackHomeView(w.runtime, { personId: w.tomas.id })
    expect(ofTomas.needsMe.map(({ requestId }) => requestId)).not.toContain(signed)
    expect(ofTomas.stoppable.map(({ requestId }) => requestId)).toContain(signed)
    expect((await slackHomeView(w.runtime, { personId: w.ines.id })).stoppable).not.toContainEqual(
      expect.objectContaining({ requestId: signed }),
    )
    const owners = await slackHomeView(w.runtime, { personId: w.owner.id })
    const none = { needsMe: [], needsMeCount: 0, stoppable: [] }
    expect(owners).toMatchObject({ ...none, person: { name: 'Jonas Weber' } })
    const stranger = await slackHomeView(w.runtime, { personId: null })
    expect(stranger).toMatchObject({ person: null, whyNobody: 'never', needsMe: [], openCount: 0 })
  })
})
