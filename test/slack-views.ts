import type { Prose } from '#lib/wire/views/common'
import type { CardView, ModalView, SlackHomeView } from '#lib/wire/views/slack'

/** The requests of the design's pages, as Slack's builders get them. */

export const MESSAGE_ID = 'msg_01KKV0AJ00M4W8Z6T2N9QX7RCD'
const DEPLOY_ID = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'
const PAYOUT_ID = 'req_01KKV0AHSR4WFXG1NEQ98D7RAY'
const DIGEST = `sha-256:${'4b'.repeat(32)}`
const ORIGIN = 'https://countersign.osterby.example'

export const heldDeploy: CardView = {
  now: '2026-03-16T09:41:00.000Z',
  zone: 'Europe/Berlin',
  requestId: DEPLOY_ID,
  ticketUrl: `${ORIGIN}/tickets/${DEPLOY_ID}`,
  state: 'open',
  headline: 'Approval needed',
  subject: { tool: 'deploy.production', moreToolCount: 0, amount: null },
  environment: { name: 'production', registered: true },
  callerName: 'ci-release',
  ownerName: 'Jonas Weber',
  riskLabels: ['Production control plane'],
  goal: 'Deploy release 2026.03.14 to production',
  payee: null,
  arguments: null,
  story: ['Held because no release manager has approved it and no rollback plan is on file.'],
  note: null,
  notices: [],
  submittedAt: '2026-03-16T09:41:00.000Z',
  closesAt: '2026-03-17T09:41:00.000Z',
  closedAt: null,
  missing: [
    { kind: 'approval', text: 'Approval by one release manager, with passkey or code' },
    { kind: 'evidence', text: 'Rollback plan' },
  ],
  readable: {
    text: 'goal: Deploy release 2026.03.14 to production\ntools:\n  - deploy.production\nconstraints:\n  - "require_approval: true"',
    isWhole: true,
  },
  evidence: [],
  review: {
    digest: DIGEST,
    words: ['ribbon', 'pole', 'term', 'option', 'mule', 'canoe'],
    isUnbound: true,
  },
  offer: 'code',
  isSigned: false,
  wantsVote: true,
  evidenceIn: 'slack',
  policyVersion: 'osterby-main@14+dca9a11d',
}

const at = (time: string) => ({ kind: 'time', at: `2026-03-16T${time}Z`, form: 'short' }) as const

export const signedDeploy: CardView = {
  ...heldDeploy,
  headline: 'Signed, still held',
  story: [
    'Mara Lindqvist approved with a passkey at ',
    at('09:54:00.000'),
    '. ',
    'A rollback plan is missing.',
  ],
  missing: [{ kind: 'evidence', text: 'Rollback plan' }],
  isSigned: true,
  wantsVote: false,
}

export const confirmDeploy: CardView = {
  ...signedDeploy,
  headline: 'Confirmation needed',
  story: [
    'Mara Lindqvist approved with a passkey at ',
    at('09:54:00.000'),
    '. ',
    'The rollback plan came after that and has to be confirmed.',
  ],
  missing: [{ kind: 'evidence', text: 'Rollback plan, to be reviewed by whoever approves' }],
  wantsVote: true,
  evidenceIn: null,
}

export const heldPayout: CardView = {
  ...heldDeploy,
  requestId: PAYOUT_ID,
  ticketUrl: `${ORIGIN}/tickets/${PAYOUT_ID}`,
  headline: 'Two approvals needed',
  subject: { tool: 'payments.payout.create', moreToolCount: 0, amount: 'EUR 48,200.00' },
  environment: { name: 'not stated', registered: false },
  callerName: 'treasury-agent',
  ownerName: 'Ines Carvalho',
  riskLabels: ['Money outward'],
  goal: 'Pay invoice 2026-0317 to Kestrel Freight GmbH',
  payee: 'Kestrel Freight GmbH, DE02 1203 0000 0000 2020 51',
  arguments:
    'payments.payout.create:\n  payee: Kestrel Freight GmbH\n  iban: DE02 1203 0000 0000 2020 51\n  amount: "48200.00"\n  currency: EUR',
  story: ['Held because none of the two finance approvers it needs has approved it.'],
  missing: [
    { kind: 'approval', text: 'Approval by two finance approvers, each with a passkey' },
    { kind: 'evidence', text: 'Change record' },
  ],
  readable: {
    text: 'goal: Pay invoice 2026-0317 to Kestrel Freight GmbH\ntools:\n  - payments.payout.create\narguments:\n  payments.payout.create:\n    payee: Kestrel Freight GmbH\n    iban: DE02 1203 0000 0000 2020 51\n    amount: "48200.00"\n    currency: EUR',
    isWhole: true,
  },
  review: {
    digest: DIGEST,
    words: ['pact', 'huge', 'supreme', 'gaze', 'panda', 'column'],
    isUnbound: false,
  },
  offer: 'passkey',
}

const ended = (
  over: Partial<CardView> & Pick<CardView, 'state' | 'headline' | 'story'>,
): CardView => ({
  ...heldDeploy,
  closedAt: '2026-03-16T10:31:00.000Z',
  missing: [],
  review: null,
  wantsVote: false,
  evidenceIn: null,
  ...over,
})

/** Every way to end, told apart. */
export const endings = {
  released: ended({
    state: 'released',
    headline: 'Released',
    story: [
      'Mara Lindqvist signed at ',
      at('10:31:00.000'),
      ' with the rollback plan in view. ',
      'Redeemed once at ',
      { kind: 'time', at: '2026-03-16T10:31:11.000Z', form: 'seconds' },
      '.',
    ],
  }),
  rejected: ended({
    state: 'rejected',
    headline: 'Rejected by Tomás Rey',
    story: ['Tomás Rey rejected it at ', at('10:31:00.000'), ': “Wrong time”. Nothing will run.'],
    note: { lead: 'Tomás Rey, in their own words:', text: 'Payroll runs until noon.' },
  }),
  denied: ended({
    state: 'denied',
    headline: 'Denied by policy',
    story: ['Policy denied it at ', at('10:31:00.000'), '. Nothing will run.'],
    note: { lead: 'What policy says:', text: 'ci-release is not registered for production.' },
  }),
  expired: ended({
    state: 'expired',
    headline: 'Expired, nothing ran',
    subject: { tool: 'payments.refund.create', moreToolCount: 0, amount: 'EUR 1,940.00' },
    callerName: 'support-agent',
    story: [
      'Nobody who may approve it did so by ',
      at('08:15:00.000'),
      '. That is not a no. support-agent may ask again.',
    ],
  }),
  cancelled: ended({
    state: 'cancelled',
    headline: 'Cancelled by its caller, nothing ran',
    story: ['ci-release took it back at ', at('10:31:00.000'), '. Nothing ran.'],
  }),
  superseded: ended({
    state: 'superseded',
    headline: 'Superseded, nothing ran',
    story: [
      'ci-release sent a newer request in its place at ',
      at('10:31:00.000'),
      ': ',
      { kind: 'code', text: PAYOUT_ID },
      '. Nothing ran.',
    ],
  }),
} satisfies Record<string, CardView>

export function modalOf(card: CardView, over: Partial<ModalView> = {}): ModalView {
  const note: Prose = [
    'It counts once an approver has reviewed it. Anyone who signed before it arrived is asked to confirm.',
  ]
  return {
    ...card,
    viewer: { id: 'prs_01KKV0AHSR4WFXG1NEQ98D7RAA', name: 'Mara Lindqvist' },
    whyNot: null,
    isConfirmation: false,
    mine: null,
    isGiven: false,
    needs: 'It needs one release manager and a rollback plan.',
    methods: ['passkey', 'totp'],
    signUrl: `${ORIGIN}/sign/${card.requestId}`,
    checklist: [],
    evidenceForms: [{ type: 'rollback_plan', label: 'Rollback plan', note }],
    rejectReasons: [
      { code: 'not_now', label: 'Wrong time' },
      { code: 'wrong_target', label: 'Wrong target' },
      { code: 'other', label: 'Another reason' },
    ],
    ...over,
  }
}

export const ROLLBACK_EVIDENCE: ModalView['evidence'][number] = {
  id: 'evd_01KKV0AHSR4WFXG1NEQ98D7RAB',
  label: 'Rollback plan',
  authorName: 'Aiko Mori',
  at: '2026-03-16T10:20:44.000Z',
  text: 'steps:\n  - Drain eu-west and hold the queue\n  - Point the router back at 2026.03.07\nowner: Aiko Mori\nestimated_minutes: 12\nprevious_version: "2026.03.07"\ntested: true',
}

export function homeOf(needsMe: CardView[], over: Partial<SlackHomeView> = {}): SlackHomeView {
  return {
    now: heldDeploy.now,
    zone: heldDeploy.zone,
    organisation: 'Osterby',
    inboxUrl: `${ORIGIN}/inbox`,
    person: { id: 'prs_01KKV0AHSR4WFXG1NEQ98D7RAA', name: 'Mara Lindqvist' },
    needsMe,
    whyNobody: null,
    needsMeCount: needsMe.length,
    stoppable: [],
    openCount: needsMe.length + 2,
    ...over,
  }
}
