import type { ChecklistItemView, SignView, TicketView } from '#lib/wire/views/ticket'
import type { ReviewView, VoteBarView } from '#lib/wire/views/vote'
import { contract } from './sample-contract'
import { openClock } from './sample-frame'

export const review: ReviewView = {
  digest: 'sha-256:c4b1f0aa6b42e1b5fadfa0d282e3b4ab4baea1335080fdca3fec50df71936d9f',
  words: ['ribbon', 'pole', 'term', 'option', 'mule', 'canoe'],
  isUnbound: true,
  isInSlack: true,
  changes: { count: 0, isLastByViewer: false, last: null },
}

const rejectReasons = [
  { code: 'wrong_time', label: 'Wrong time' },
  { code: 'wrong_target', label: 'Wrong target' },
  { code: 'evidence_weak', label: 'Evidence is not good enough' },
  { code: 'not_expected', label: 'Nobody here asked for this' },
]

const vote: VoteBarView = {
  review,
  canVote: true,
  whyNot: null,
  isConfirmation: false,
  methods: [
    { method: 'passkey', isEnrolled: true },
    { method: 'totp', isEnrolled: true },
  ],
  mine: null,
  tally: { counted: 0, needed: 1 },
  closesAt: '2026-03-17T10:41:02+01:00',
  ended: null,
  rejectReasons,
}

const item = {
  canGive: false,
  neededCount: 1,
  givenCount: 0,
  opensAt: null,
  evidenceType: null,
  detail: [],
}

export const checklist: ChecklistItemView[] = [
  {
    ...item,
    id: 'approval',
    kind: 'approval',
    state: 'missing',
    title: 'Approval by one release manager',
    detail: ['Not Jonas Weber, who is behind the request'],
    from: [['You, Tomás Rey or Aiko Mori'], ['In the console or in Slack']],
    canGive: true,
  },
  {
    ...item,
    id: 'mfa',
    kind: 'mfa',
    state: 'missing',
    title: 'Second factor with that approval',
    detail: ['Passkey, or a 6-digit code'],
    from: [['Whoever approves, in the same step']],
    canGive: true,
  },
  {
    ...item,
    id: 'rollback_plan',
    kind: 'evidence',
    state: 'missing',
    title: 'Rollback plan',
    detail: ['The caller says there is none. No plan is on file.'],
    from: [['Any person at Osterby, not a caller']],
    canGive: true,
    evidenceType: 'rollback_plan',
  },
  {
    ...item,
    id: 'change_window',
    kind: 'change_window',
    state: 'met',
    title: 'Change window, business hours',
    detail: ['Monday to Friday 09:00 to 17:00, Europe/Berlin'],
    from: [['Open until 17:00 today']],
  },
]

/** The seed's deploy, eleven minutes after it was asked, as Mara Lindqvist sees it. */
export const openTicket: TicketView = {
  requestId: 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ',
  verdict: 'DEFER',
  state: 'open',
  submittedAt: '2026-03-16T10:41:07.181+01:00',
  closesAt: '2026-03-17T10:41:07+01:00',
  closedAt: null,
  decision: {
    ordinal: 1,
    decidedAt: '2026-03-16T10:41:07.224+01:00',
    policyVersion: 'osterby-main@14+dca9a11d',
  },
  caller: { id: 'clr_01KA8Q4T9ZP2', name: 'ci-release', kind: 'ci' },
  goal: 'Deploy release 2026.03.14 to production',
  tools: [{ name: 'deploy.production', riskLabel: 'Production control plane' }],
  environment: { name: 'production', registered: true },
  behind: {
    ownerName: 'Jonas Weber',
    note: ['Jonas Weber also made its key and cannot vote.'],
  },
  runtimeName: 'deploy-runner',
  externalTicket: 'OPS-214',
  sideEffects: ['service_impact', 'write'],
  standing: [
    { kind: 'strong', text: 'Held' },
    ' because no release manager has approved it and no rollback plan is on file. Nothing runs until both are here. Business hours are open until 17:00.',
  ],
  notices: [],
  checklist,
  contract,
  evidence: [],
  evidenceForms: [
    {
      type: 'rollback_plan',
      label: 'Rollback plan',
      note: [
        'It counts once an approver has reviewed it. Anyone who signed before it arrived is asked to confirm.',
      ],
      whyNot: null,
      people: [
        { id: 'prs_aiko', name: 'Aiko Mori' },
        { id: 'prs_tomas', name: 'Tomás Rey' },
        { id: 'prs_mara', name: 'Mara Lindqvist' },
      ],
    },
  ],
  otherEvidence: [],
  signatures: {
    summary: ['One needed, none given.'],
    lines: [{ kind: 'empty', roleLabel: 'Release manager', note: ['You can sign below'] }],
  },
  executionWindowMs: 4 * 60 * 60 * 1000,
  grant: null,
  record: {
    isSealed: true,
    olderCount: 0,
    isWhole: true,
    entries: [
      {
        ordinal: 41_188,
        at: '2026-03-16T10:41:07.181+01:00',
        isHuman: false,
        signal: null,
        text: ['ci-release submitted the contract'],
        detail: ['Key “deploy, submit only”, made by Jonas Weber'],
      },
      {
        ordinal: 41_189,
        at: '2026-03-16T10:41:07.219+01:00',
        isHuman: false,
        signal: 'hold',
        text: ['Stage0 answered DEFER in 38 ms'],
        detail: ['approval_missing, rollback_missing'],
      },
      {
        ordinal: 41_190,
        at: '2026-03-16T10:41:07.224+01:00',
        isHuman: false,
        signal: 'hold',
        text: ['Policy decided DEFER and the ticket opened'],
        detail: ['Decision 1, five rules matched, 4 issues'],
      },
      {
        ordinal: 41_191,
        at: '2026-03-16T10:41:08.031+01:00',
        isHuman: false,
        signal: null,
        text: ['Card delivered to ', { kind: 'code', text: '#release-approvals' }],
        detail: null,
      },
      {
        ordinal: 41_204,
        at: '2026-03-16T10:46:30.502+01:00',
        isHuman: true,
        signal: 'stop',
        text: ['Jonas Weber tried to approve and was refused'],
        detail: ['He is behind the request'],
      },
    ],
  },
  vote,
  canCancel: false,
  supersedesId: null,
  supersededById: null,
  risk: {
    classes: [
      {
        label: 'Production control plane',
        meaning: 'What runs in production changes. Everybody who uses it may feel it.',
      },
    ],
    bound: ['No arguments are bound. What is signed is the goal and the tool, nothing more exact.'],
    preconditions: null,
    obligations: null,
    claims: ['service_impact', 'write'],
  },
  decisions: {
    totalCount: 1,
    entries: [
      {
        ordinal: 1,
        at: '2026-03-16T10:41:07.224+01:00',
        verdict: 'DEFER',
        policyVersion: 'osterby-main@14+dca9a11d',
        cause: ['The contract arrived'],
        changes: [
          { tone: 'hold', text: ['Approval by one release manager: missing'] },
          { tone: 'hold', text: ['Second factor with that approval: missing'] },
          { tone: 'hold', text: ['Rollback plan: missing'] },
          { tone: 'go', text: ['Change window, business hours: met'] },
        ],
      },
    ],
  },
  older: null,
  newer: null,
}

export const signView: SignView = {
  ...openClock,
  ticket: {
    ...openTicket,
    behind: { ownerName: 'Jonas Weber', note: ['Jonas Weber cannot vote on this'] },
  },
  organisation: 'Osterby',
  needs: [
    { state: 'missing', text: ['Your approval'], note: null },
    { state: 'missing', text: ['Rollback plan'], note: ['You confirm it when it arrives'] },
    { state: 'met', text: ['Business hours, until 17:00'], note: null },
  ],
  standing: openTicket.standing,
  vote,
  signature: null,
  signedInName: 'Mara Lindqvist',
}
