import type { RecordEntryView, TicketView } from '#lib/wire/views/ticket'
import type { GrantView } from '#lib/wire/views/vote'
import { openTicket } from './sample-ticket'

function at(time: string): string {
  return `2026-03-16T${time}+01:00`
}

export const readyGrant: GrantView = {
  state: 'ready',
  readyAt: at('11:31:09.412'),
  readyNote: ['4 of 4 met'],
  windowEndsAt: at('15:31:09'),
  collected: null,
  redeemed: null,
  reported: null,
  ended: null,
  remindAt: null,
  checks: [],
  canRevoke: true,
}

export const collectedGrant: GrantView = {
  ...readyGrant,
  state: 'collected',
  collected: {
    at: at('11:31:09.437'),
    byName: 'deploy-runner',
    tokenExpiresAt: at('11:36:09'),
  },
}

export const redeemedGrant: GrantView = {
  ...collectedGrant,
  state: 'redeemed',
  redeemed: { at: at('11:31:11.020'), byName: 'deploy-runner' },
  remindAt: at('12:01:00'),
  canRevoke: false,
  checks: [
    {
      label: 'Pinned policy',
      found: [{ kind: 'code', text: 'osterby-main@14+dca9a11d' }],
      isOk: true,
      result: 'ALLOW',
    },
    { label: 'Current policy', found: ['The same version'], isOk: true, result: 'ALLOW' },
    {
      label: 'Contract digest',
      found: [{ kind: 'code', text: '7a3d81c7 … 71936d9f' }],
      isOk: true,
      result: 'Equal',
    },
    { label: 'Arguments', found: ['None bound, none sent'], isOk: true, result: 'Equal' },
    {
      label: 'Voters',
      found: ['Mara Lindqvist, still a release manager'],
      isOk: true,
      result: 'Eligible',
    },
    { label: 'Change window', found: ['Business hours, until 17:00'], isOk: true, result: 'Open' },
    {
      label: 'Audience and key',
      found: ['deploy-runner, key ', { kind: 'code', text: 'rk_7F2C' }],
      isOk: true,
      result: 'Equal',
    },
    { label: 'Earlier use', found: ['None'], isOk: true, result: 'First' },
  ],
}

type Entry = [number, string, Pick<RecordEntryView, 'isHuman' | 'signal' | 'text' | 'detail'>]

const entries: Entry[] = [
  [
    41_190,
    '10:41:07.224',
    {
      isHuman: false,
      signal: 'hold',
      text: ['Policy decided DEFER and the ticket opened'],
      detail: null,
    },
  ],
  [
    41_204,
    '10:46:30.502',
    {
      isHuman: true,
      signal: 'stop',
      text: ['Jonas Weber tried to approve and was refused'],
      detail: ['He is behind the request'],
    },
  ],
  [
    41_211,
    '10:54:31.118',
    {
      isHuman: true,
      signal: null,
      text: ['Mara Lindqvist approved with a passkey'],
      detail: [{ kind: 'code', text: 'ribbon pole term option mule canoe' }],
    },
  ],
  [
    41_230,
    '11:20:44.905',
    {
      isHuman: true,
      signal: null,
      text: ['Aiko Mori attached a rollback plan'],
      detail: ['One signature now asks for confirmation'],
    },
  ],
  [
    41_238,
    '11:31:09.377',
    {
      isHuman: true,
      signal: null,
      text: ['Mara Lindqvist confirmed with a passkey'],
      detail: [{ kind: 'code', text: 'tray search lemon custom grape organ' }],
    },
  ],
  [
    41_239,
    '11:31:09.412',
    {
      isHuman: false,
      signal: 'go',
      text: ['Nothing is missing. Released, grant ready'],
      detail: ['Decision 4, ALLOW'],
    },
  ],
  [
    41_240,
    '11:31:09.437',
    {
      isHuman: false,
      signal: 'go',
      text: ['deploy-runner collected the allow token'],
      detail: [{ kind: 'code', text: 'jti 5Q2M-88FA' }, ', good until 11:36:09'],
    },
  ],
  [
    41_241,
    '11:31:11.020',
    {
      isHuman: false,
      signal: 'go',
      text: ['deploy-runner redeemed the grant'],
      detail: ['The one run it allows'],
    },
  ],
]

/** The same deploy, redeemed, not reported yet. */
export const releasedTicket: TicketView = {
  ...openTicket,
  verdict: 'ALLOW',
  state: 'released',
  closedAt: at('11:31:09.412'),
  decision: { ...openTicket.decision, ordinal: 4, decidedAt: at('11:31:09.412') },
  behind: { ownerName: 'Jonas Weber', note: ['Jonas Weber did not vote.'] },
  standing: [
    { kind: 'strong', text: 'Released' },
    ' because Mara Lindqvist signed with a passkey, the rollback plan in that review is on file, and business hours were open. It was redeemed once and cannot run again.',
  ],
  evidenceForms: [],
  evidence: [
    {
      id: 'evd_1',
      type: 'rollback_plan',
      label: 'Rollback plan',
      state: 'provided',
      authorName: 'Aiko Mori',
      authorKind: 'person',
      channel: 'console',
      providedAt: at('11:20:44'),
      sha256: '64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b525',
      ended: null,
      canWithdraw: false,
      canReject: false,
      body: {
        kind: 'rollback_plan',
        steps: [
          'Drain eu-west and hold the queue',
          'Point the router back at 2026.03.07',
          'Undo migration 0142 with its down script',
          'Check checkout error rate below 0.2 % for 10 min',
        ],
        ownerName: 'Aiko Mori',
        estimatedMinutes: 12,
        previousVersion: '2026.03.07',
        tested: true,
      },
    },
  ],
  signatures: {
    summary: ['One needed, one given. The first was confirmed once the plan arrived.'],
    lines: [
      {
        kind: 'signed',
        id: 'vot_2',
        choice: 'approve',
        name: 'Mara Lindqvist',
        roleLabel: 'Release manager',
        method: 'passkey',
        channel: 'console',
        at: at('11:31:09'),
        words: ['tray', 'search', 'lemon', 'custom', 'grape', 'organ'],
        note: [],
      },
      {
        kind: 'void',
        id: 'vot_1',
        choice: 'approve',
        name: 'Mara Lindqvist',
        roleLabel: 'Release manager',
        method: 'passkey',
        channel: 'console',
        at: at('10:54:31'),
        words: ['ribbon', 'pole', 'term', 'option', 'mule', 'canoe'],
        note: ['given before the plan was on file, replaced by the signature of 11:31'],
      },
    ],
  },
  grant: redeemedGrant,
  decisions: {
    totalCount: 4,
    entries: [
      {
        ordinal: 4,
        at: at('11:31:09.412'),
        verdict: 'ALLOW',
        policyVersion: 'osterby-main@14+dca9a11d',
        cause: ['Mara Lindqvist approved with a passkey'],
        changes: [
          { tone: 'go', text: ['The verdict went from DEFER to ALLOW'] },
          { tone: 'go', text: ['Approval by one release manager: now met, was missing'] },
          { tone: 'go', text: ['Rollback plan: now met, was to confirm'] },
        ],
      },
      {
        ordinal: 3,
        at: at('11:20:44.931'),
        verdict: 'DEFER',
        policyVersion: 'osterby-main@14+dca9a11d',
        cause: ['Aiko Mori attached a rollback plan'],
        changes: [{ tone: 'hold', text: ['Rollback plan: now to confirm, was missing'] }],
      },
    ],
  },
  record: {
    isSealed: true,
    olderCount: 0,
    isWhole: true,
    entries: entries.map(([ordinal, time, entry]) => ({ ordinal, at: at(time), ...entry })),
  },
  vote: { ...openTicket.vote, review: null, canVote: false },
}
