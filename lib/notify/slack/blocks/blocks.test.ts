import { describe, expect, it } from 'vitest'
import { actionIds, blockKitFaults } from '../../../../test/block-kit'
import {
  confirmDeploy,
  endings,
  heldDeploy,
  heldPayout,
  homeOf,
  MESSAGE_ID,
  modalOf,
  ROLLBACK_EVIDENCE,
  signedDeploy,
} from '../../../../test/slack-views'
import { alertMessage } from './alert'
import { approveModal } from './approve-modal'
import { cardMessage } from './card'
import { detailsModal } from './details-modal'
import { digestMessage } from './digest'
import { directMessage, requesterMessage } from './direct'
import { evidenceModal } from './evidence-modal'
import { homeBlocks, inboxMessage } from './home'
import { countingModal, doneModal, loadingModal } from './modal'
import { refusalMessage, refusedModal } from './refusal'
import { rejectModal } from './reject-modal'
import { helpMessage, linkAnswer, linkMessage } from './replies'
import { threadMessage } from './thread'
import { unfurlOf } from './unfurl'

const messageId = MESSAGE_ID
const alone = { messageId, equalAsks: [] }
const { now, zone, requestId, ticketUrl, callerName } = heldDeploy
const review = heldDeploy.review?.digest ?? null
const meta = { request: requestId, review, message: messageId, evidenceType: null } as never
const refusal = {
  title: 'You cannot vote on this one',
  text: 'You own ci-release, which asked for it. Mara Lindqvist, Tomás Rey or Aiko Mori can vote.',
  url: ticketUrl,
}
const LINK_URL = 'https://countersign.osterby.example/slack/link#secret'
const nobody = { person: null, openCount: 0 }
const longContract = { text: 'goal: '.padEnd(3_001, 'a'), isWhole: false }
const tooLong = { ...heldDeploy, readable: longContract, offer: 'console' as const }

/** Everything that Slack is ever sent. Each is a file that people have read. */
const SENT = {
  'card-held': cardMessage(heldDeploy, alone),
  'card-held-equal-asks': cardMessage(heldDeploy, {
    messageId,
    equalAsks: [
      { requestId, submittedAt: '2026-03-16T09:44:00.000Z' },
      { requestId, submittedAt: '2026-03-16T09:52:00.000Z' },
    ],
  }),
  'card-passkey-only': cardMessage(heldPayout, alone),
  'card-not-whole': cardMessage(tooLong, alone),
  'card-signed': cardMessage(signedDeploy, alone),
  'card-confirm': cardMessage(confirmDeploy, alone),
  'card-released': cardMessage(endings.released, alone),
  'card-rejected': cardMessage(endings.rejected, alone),
  'card-denied': cardMessage(endings.denied, alone),
  'card-expired': cardMessage(endings.expired, alone),
  'card-cancelled': cardMessage(endings.cancelled, alone),
  'card-superseded': cardMessage(endings.superseded, alone),
  'direct-asked': directMessage(heldDeploy, { messageId, why: 'asked' }),
  'direct-confirm': directMessage(confirmDeploy, { messageId, why: 'confirm' }),
  'direct-reminder': directMessage(heldDeploy, { messageId, why: 'reminder' }),
  'direct-escalation': directMessage(heldDeploy, { messageId, why: 'escalation' }),
  'requester-held': requesterMessage(heldDeploy, { messageId }),
  'requester-rejected': requesterMessage(endings.rejected, { messageId }),
  digest: digestMessage({
    messageId,
    now,
    zone,
    callerName,
    since: '2026-03-16T09:38:00.000Z',
    counts: { asked: 200, open: 188, ended: 12 },
    tools: [
      { tool: 'deploy.production', count: 150 },
      { tool: 'config.set', count: 50 },
    ],
    inboxUrl: 'https://countersign.osterby.example/inbox',
  }),
  'alert-unreached': alertMessage({
    messageId,
    now,
    zone,
    kind: 'unreached',
    requestId,
    ticketUrl,
    tool: 'deploy.production',
    callerName,
    closesAt: heldDeploy.closesAt,
    why: 'None of the release managers is linked to Slack, and no channel got a card.',
  }),
  'alert-no-route': alertMessage({
    messageId,
    now,
    zone,
    kind: 'no_route',
    requestId,
    ticketUrl,
    tool: 'deploy.production',
    callerName,
    closesAt: heldDeploy.closesAt,
    why: 'No Slack channel is set for deploy.production on production.',
  }),
  'thread-vote': threadMessage({
    now,
    zone,
    ordinal: 4,
    at: '2026-03-16T09:54:00.000Z',
    text: ['Mara Lindqvist approved with a passkey'],
    note: null,
  }),
  'thread-rejected': threadMessage({
    now,
    zone,
    ordinal: 5,
    at: '2026-03-16T10:31:00.000Z',
    text: ['Rejected by Tomás Rey. Nothing will run'],
    note: { lead: 'Tomás Rey, in their own words:', text: 'Payroll runs until noon.' },
  }),
  'modal-loading': loadingModal('Approve'),
  'modal-counting': countingModal(),
  'modal-done': doneModal({ title: 'Signed', text: 'Your approval is on file.' }),
  'modal-refused': refusedModal(refusal),
  'modal-approve-code': approveModal(modalOf(heldDeploy), meta),
  'modal-approve-code-again': approveModal(
    modalOf(confirmDeploy, { evidence: [ROLLBACK_EVIDENCE], isConfirmation: true }),
    meta,
    { note: 'As agreed on the phone.', fault: 'That code did not match. Nothing was counted.' },
  ),
  'modal-approve-passkey': approveModal(modalOf(heldPayout), meta),
  'modal-approve-not-whole': approveModal(modalOf(tooLong), meta),
  'modal-reject': rejectModal(modalOf(heldDeploy), meta),
  'modal-reject-again': rejectModal(modalOf(heldDeploy), meta, {
    reason: 'not_now',
    note: 'Payroll runs until noon.',
    fault: 'It changed while you read it. Nothing was counted.',
  }),
  'modal-evidence-rollback-plan': evidenceModal(modalOf(heldDeploy), meta, 'rollback_plan'),
  'modal-evidence-change-record': evidenceModal(modalOf(heldDeploy), meta, 'change_record', {
    system: 'Jira',
    id: 'OPS-214',
    url: 'https://jira.osterby.example/OPS-214',
  }),
  'modal-evidence-note': evidenceModal(
    modalOf(heldDeploy),
    meta,
    'note',
    { text: '' },
    { text: 'Write something.' },
  ),
  'modal-details': detailsModal(modalOf(heldDeploy, { evidence: [ROLLBACK_EVIDENCE] }), meta),
  'modal-details-rejected': detailsModal(modalOf(endings.rejected), meta),
  home: homeBlocks(homeOf([heldDeploy, heldPayout], { needsMeCount: 9, openCount: 12 })),
  'home-empty': homeBlocks(homeOf([])),
  'home-stoppable': homeBlocks(homeOf([], { stoppable: [signedDeploy] })),
  'home-unlinked': homeBlocks(homeOf([], { ...nobody, whyNobody: 'never' })),
  'home-link-ended': homeBlocks(homeOf([], { ...nobody, whyNobody: 'ended' })),
  'home-deactivated': homeBlocks(homeOf([], { ...nobody, whyNobody: 'deactivated' })),
  inbox: inboxMessage(homeOf([heldDeploy])),
  link: linkMessage({ url: LINK_URL, why: 'never' }),
  'link-ended': linkMessage({ url: LINK_URL, why: 'ended' }),
  'link-answer': linkAnswer({ url: LINK_URL }),
  help: helpMessage(),
  'help-unknown': helpMessage({ isUnknown: true }),
  refusal: refusalMessage(refusal),
} as const

describe('a request that is signed and still held', () => {
  it('can be rejected from its card and from a direct message, and never from the copy of its owner', () => {
    const rejects = (content: { blocks: unknown }) => actionIds(content).includes('reject')
    expect(rejects(cardMessage(signedDeploy, alone))).toBe(true)
    expect(rejects(directMessage(signedDeploy, { messageId, why: 'asked' }))).toBe(true)
    expect(rejects(homeBlocks(homeOf([signedDeploy])))).toBe(true)
    expect(rejects(requesterMessage(signedDeploy, { messageId }))).toBe(false)
    expect(rejects(requesterMessage(heldDeploy, { messageId }))).toBe(false)
    expect(rejects(cardMessage(endings.released, alone))).toBe(false)
  })

  it('and one that ended still say what it was for, shortened so that it shows', () => {
    for (const view of [signedDeploy, ...Object.values(endings)]) {
      const shown = JSON.stringify(cardMessage(view, alone))
      expect(shown).toContain('claims, in its own words:')
      expect(shown).toContain(view.goal)
      const long = JSON.stringify(cardMessage({ ...view, goal: 'a'.repeat(290) }, alone))
      expect(long).toContain('… 150 characters more: press Details')
    }
  })
})

describe('what stays as it was posted', () => {
  const messages = {
    card: cardMessage(heldDeploy, alone),
    direct: directMessage(heldDeploy, { messageId, why: 'asked' }),
    inbox: inboxMessage(homeOf([heldDeploy])),
  }
  it.each(Object.entries(messages))('says when it closes, not in how long: %s', (_, message) => {
    const shown = JSON.stringify(message)
    expect(shown).toContain('Tue 17 Mar 10:41 CET')
    expect(shown).not.toMatch(/\bin 24 h\b/)
  })

  it('is told apart from what is read anew, which says in how long too', () => {
    for (const view of [homeBlocks(homeOf([heldDeploy])), rejectModal(modalOf(heldDeploy), meta)]) {
      expect(JSON.stringify(view)).toContain('Tue 17 Mar 10:41 CET, in 24 h')
    }
  })
})

describe('the details of a request', () => {
  it('have words to compare only where its card shows them', () => {
    const shown = (view: typeof heldDeploy) => JSON.stringify(detailsModal(modalOf(view), meta))
    expect(shown(heldDeploy)).toContain('These words must match the card:')
    expect(shown(signedDeploy)).not.toContain('These words must match')
    expect(shown(signedDeploy)).not.toContain('ribbon pole term')
  })
})

describe('a digest', () => {
  it('of requests that all ended does not send anybody to the inbox', () => {
    const counts = { asked: 20, open: 0, ended: 20 }
    const since = '2026-03-16T09:38:00.000Z'
    const input = { messageId, now, zone, callerName: 'flood-agent', since, tools: [] }
    const { text, blocks } = digestMessage({ ...input, counts, inboxUrl: ticketUrl })
    expect(text).toContain('20 more requests of flood-agent since Mon 16 Mar 10:38')
    expect(text).toContain('without cards of their own.')
    expect(JSON.stringify(blocks)).not.toContain('is in the inbox')
  })
})

describe('what Slack is sent', () => {
  it.each(Object.entries(SENT))('%s is as it was reviewed', async (name, sent) => {
    const text = `${JSON.stringify(sent, null, 2)}\n`
    await expect(text).toMatchFileSnapshot(`./snapshots/${name}.json`)
  })

  it('a ticket’s address is unfolded as it was reviewed', async () => {
    const text = `${JSON.stringify(unfurlOf(heldDeploy), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('./snapshots/unfurl.json')
  })

  it.each(Object.entries(SENT))('%s is within what Slack takes', (_, sent) => {
    expect(blockKitFaults(sent)).toEqual([])
  })
})
