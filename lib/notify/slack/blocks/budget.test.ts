import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visibleText } from '#lib/core/contract/visible'
import { fitsWhole, SLACK_LIMITS, slackLength } from '#lib/wire/slack/budget'
import type { CardView, ModalView } from '#lib/wire/views/slack'
import { actionIds, blockKitFaults, fenced } from '../../../../test/block-kit'
import { heldDeploy, homeOf, MESSAGE_ID, modalOf } from '../../../../test/slack-views'
import { approveModal, isVotable } from './approve-modal'
import { cardMessage } from './card'
import { contractText } from './contract-text'
import { detailsModal } from './details-modal'
import { directMessage, requesterMessage } from './direct'
import { evidenceModal } from './evidence-modal'
import { homeBlocks, inboxMessage } from './home'
import { rejectModal } from './reject-modal'
import { threadMessage } from './thread'
import { unfurlOf } from './unfurl'

const messageId = MESSAGE_ID
const meta = {
  request: 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ',
  review: heldDeploy.review?.digest ?? null,
  message: MESSAGE_ID,
  evidenceType: null,
} as const

/** The worst that one character can cost: an entity, an escape, two units, a JSON escape. */
const anyText = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: Math.min(maxLength, 300) }),
    fc
      .tuple(
        fc.constantFrom('a', '&', '<', '\u202e', '"', '\\', '\n', '\u{1f600}', '\u0430', '\u0301'),
        fc.integer({ min: 0, max: maxLength }),
      )
      .map(([unit, length]) => unit.repeat(length)),
  )
const name = anyText(400).map((text) => text || 'x')
const lines = fc.array(name, { maxLength: 30 })

const anyCard: fc.Arbitrary<CardView> = fc
  .record({
    state: fc.constantFrom('open', 'open', 'open', 'released', 'rejected', 'expired'),
    headline: name.map((by) => `Rejected by ${by}`),
    tool: fc.integer({ min: 1, max: 128 }).map((length) => 't'.repeat(length)),
    amount: fc.option(fc.constant('EUR 999,999,999,999,999.00000000')),
    environment: name,
    callerName: name,
    ownerName: name,
    goal: anyText(4_000),
    payee: fc.option(anyText(5_000).map((text) => text || 'x')),
    arguments: fc.option(anyText(4_000)),
    contract: anyText(4_000),
    story: fc.array(name, { minLength: 1, maxLength: 12 }),
    note: fc.option(anyText(5_000)),
    missing: lines,
    notices: lines,
    isUnbound: fc.boolean(),
    offer: fc.constantFrom('code', 'passkey', 'console'),
    wantsVote: fc.boolean(),
    isSigned: fc.boolean(),
    evidenceIn: fc.constantFrom('slack', 'console', null),
  })
  .map(({ tool, amount, environment, contract, story, note, missing, isUnbound, ...rest }) => ({
    ...heldDeploy,
    ...rest,
    subject: { tool, moreToolCount: 199, amount },
    environment: { name: environment, registered: true },
    readable: { text: contract, isWhole: true },
    story,
    note: note === null ? null : { lead: 'In their own words:', text: note },
    missing: missing.map((text) => ({ kind: 'evidence', text })),
    review: heldDeploy.review && { ...heldDeploy.review, isUnbound },
  }))

const anyModal: fc.Arbitrary<ModalView> = fc
  .tuple(anyCard, fc.array(fc.option(anyText(4_000)), { maxLength: 8 }), name, fc.boolean())
  .map(([card, texts, authorName, isConfirmation]) => {
    const evidence = texts.map((text, at) => ({
      id: `evd_${at}`,
      label: 'Rollback plan',
      authorName,
      at: heldDeploy.now,
      text,
    }))
    const written = [card.readable.text, ...texts.map((text) => text ?? '')]
    // As the query works it out.
    const isWhole = texts.length <= 5 && !texts.includes(null) && fitsWhole(written)
    const readable = { text: card.readable.text, isWhole }
    return modalOf({ ...card, readable }, { evidence, isConfirmation })
  })

/** The texts are long: a slow machine tries fewer, and the first failure is told as it is. */
const BOUNDED = { numRuns: 120, endOnFailure: true, interruptAfterTimeLimit: 8_000 }

const nineOf = (view: CardView) =>
  Array.from({ length: 9 }, (_, at) => ({
    ...view,
    requestId: `${view.requestId.slice(0, -1)}${at}`,
  }))

const equalAsks = Array.from({ length: 200 }, () => ({
  requestId: heldDeploy.requestId,
  submittedAt: heldDeploy.now,
}))

describe('whatever a caller sends', () => {
  it('no message and no modal is more than Slack takes', () => {
    fc.assert(
      fc.property(anyModal, anyText(280), (view, long) => {
        const typed = long.slice(0, 200)
        const sent = {
          card: cardMessage(view, { messageId, equalAsks }),
          direct: directMessage(view, { messageId, why: 'escalation' }),
          requester: requesterMessage(view, { messageId }),
          approve: approveModal(view, meta, { note: typed, fault: typed || 'No.' }),
          reject: rejectModal(view, meta, { note: typed }),
          details: detailsModal(view, meta),
          evidence: evidenceModal(view, meta, 'rollback_plan', { owner: typed }),
          home: homeBlocks(homeOf(nineOf(view))),
          inbox: inboxMessage(homeOf(nineOf(view))),
          thread: threadMessage({ ...view, ordinal: 1, at: view.now, text: view.story }),
          unfurl: { text: 'unfurled', blocks: unfurlOf(view).blocks as never },
        }
        for (const [what, one] of Object.entries(sent)) {
          expect({ what, faults: blockKitFaults(one) }).toEqual({ what, faults: [] })
        }
      }),
      BOUNDED,
    )
  })

  it.each(['"', '\\', '&', '\u202e', '\u{1f600}'])(
    'not even %j wherever there is room for it',
    (unit) => {
      const text = unit.repeat(4_000)
      const line = unit.repeat(250)
      const lead = 'In their own words:'
      const card: CardView = {
        ...heldDeploy,
        headline: `Rejected by ${line}`,
        environment: { name: line, registered: true },
        callerName: line,
        ownerName: line,
        goal: text,
        payee: text,
        arguments: text,
        story: Array.from({ length: 24 }, () => line),
        note: { lead, text },
        missing: Array.from({ length: 30 }, () => ({ kind: 'evidence' as const, text: line })),
        notices: Array.from({ length: 30 }, () => line),
        readable: { text, isWhole: false },
      }
      for (const state of ['open', 'rejected'] as const) {
        const evidence = Array.from({ length: 8 }, (_, at) => ({
          id: `evd_${at}`,
          label: line,
          authorName: line,
          at: card.now,
          text,
        }))
        const view = modalOf({ ...card, state }, { evidence, isConfirmation: true })
        const sent = [
          cardMessage(view, { messageId, equalAsks }),
          directMessage(view, { messageId, why: 'escalation' }),
          requesterMessage(view, { messageId }),
          approveModal(view, meta, { fault: line }),
          detailsModal(view, meta),
          inboxMessage(homeOf(nineOf(view))),
        ]
        for (const one of sent) expect(blockKitFaults(one)).toEqual([])
      }
    },
  )

  it('what is voted on in Slack is shown whole there, else there is no vote in Slack', () => {
    fc.assert(
      fc.property(anyModal, (view) => {
        const modal = approveModal(view, meta)
        const text = visibleText(view.readable.text, { keepLines: true })
        const card = cardMessage(view, { messageId, equalAsks })
        const direct = directMessage(view, { messageId, why: 'asked' })
        const ids = [card, direct, modal].flatMap(actionIds)
        if (isVotable(view)) {
          expect(fenced(modal)).toContain(text || '(empty)')
          for (const item of view.evidence) {
            const shown = visibleText(item.text ?? '', { keepLines: true })
            expect(fenced(modal)).toContain(shown || '(empty)')
          }
        } else {
          expect(ids).not.toContain('approve')
          expect(modal.submit).toBeUndefined()
          expect(modal.blocks.map(({ type }) => type)).not.toContain('input')
        }
      }),
      BOUNDED,
    )
  })
})

describe('a request of which all that is signed would fit, and all that is said of it would not', () => {
  const crowded = (line: string) => {
    const text = 'a'.repeat(1_990)
    const item = { id: 'evd_1', label: line, authorName: line, at: heldDeploy.now, text }
    const lines = Array.from({ length: 8 }, () => line)
    return modalOf({
      ...heldDeploy,
      readable: { text, isWhole: fitsWhole([text, text, text]) },
      evidence: [item, item],
      missing: lines.map((one) => ({ kind: 'evidence', text: one })),
      notices: lines,
    })
  }

  it('is voted on nowhere in Slack: the card, the modal and whoever reads what was sent off say the same', () => {
    for (const [view, votes] of [
      [crowded('Rollback plan'), true],
      [crowded('"'.repeat(200)), false],
    ] as const) {
      expect(view.readable.isWhole).toBe(true)
      expect(isVotable(view)).toBe(votes)
      expect(approveModal(view, meta).submit !== undefined).toBe(votes)
      for (const message of [
        cardMessage(view, { messageId, equalAsks: [] }),
        directMessage(view, { messageId, why: 'asked' }),
        inboxMessage(homeOf([view])),
      ]) {
        expect(actionIds(message).includes('approve')).toBe(votes)
      }
    }
  })

  it('stays votable whatever is typed, so that what was asked for is also taken', () => {
    const view = crowded('Rollback plan')
    const typed = { fault: '"'.repeat(900), note: '"'.repeat(280) }
    const modal = approveModal(view, meta, typed)
    expect(modal.submit).toBeDefined()
    expect(blockKitFaults(modal)).toEqual([])
  })
})

it('a character of two halves at the end of what is shown is not taken for one that cannot be seen', () => {
  for (const length of [599, 2_999]) {
    const text = `${'a'.repeat(length)}\u{1f600}${'b'.repeat(600)}`
    const view = modalOf({ ...heldDeploy, goal: text, readable: { text, isWhole: false } })
    for (const shown of [
      cardMessage(view, { messageId, equalAsks: [] }),
      approveModal(view, meta),
      detailsModal(view, meta),
    ]) {
      expect(JSON.stringify(shown)).not.toContain('cannot be seen')
    }
  }
})

describe('a contract of', () => {
  const ofLength = (length: number) => {
    const text = 'goal: '.padEnd(length, 'a')
    return modalOf({ ...heldDeploy, readable: { text, isWhole: fitsWhole([text]) } })
  }

  it.each([2_999, 3_000])('%i characters is shown whole and voted on in Slack', (length) => {
    const view = ofLength(length)
    const modal = approveModal(view, meta)
    expect(fenced(modal)).toEqual([view.readable.text])
    expect(modal.submit?.text).toBe('Approve')
    expect(actionIds(cardMessage(view, { messageId, equalAsks: [] }))).toContain('approve')
  })

  it('3,001 characters is cut so that it says so, and is voted on in the console alone', () => {
    const view = ofLength(3_001)
    const modal = approveModal(view, meta)
    const [shown = ''] = fenced(modal)
    expect(shown).toMatch(/\n… 61 characters more: open the console$/)
    expect(slackLength(shown)).toBeLessThanOrEqual(SLACK_LIMITS.text)
    expect(modal.submit).toBeUndefined()
    const card = cardMessage(view, { messageId, equalAsks: [] })
    expect(actionIds(card)).not.toContain('approve')
    expect(JSON.stringify(card.blocks)).toContain(`"url":"${view.ticketUrl}"`)
  })

  it('3,000 characters of which one is hidden or an entity is longer than it looks', () => {
    for (const odd of ['\u202e', '&', '<']) {
      const text = `goal: ${odd}`.padEnd(3_000, 'a')
      const readable = { text, isWhole: true }
      expect(contractText({ readable }).isWhole, odd).toBe(false)
    }
  })

  it('any length is not voted on in Slack where its evidence does not fit', () => {
    const view = modalOf({ ...heldDeploy, readable: { text: 'goal: a', isWhole: false } })
    expect(approveModal(view, meta).submit).toBeUndefined()
    expect(contractText(view)).toEqual({ text: 'goal: a', isWhole: false })
  })
})
