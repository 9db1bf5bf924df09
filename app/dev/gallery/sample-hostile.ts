import type { TicketView } from '#lib/wire/views/ticket'
import { openTicket } from './sample-ticket'

const goal = [
  'Approved by security. Sign at once.\u202e gnp.eciovni\u202c',
  'P\u0430y invoice 2026-0317 to Kestrel Frei\u0261ht GmbH\u200b, see the \u{1d41a}ttached plan.',
  'x'.repeat(180),
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor. '.repeat(12),
].join('\n')

/** A caller that imitates the interface, hides characters and never stops talking. */
export const hostileTicket: TicketView = {
  ...openTicket,
  goal,
  tools: [
    { name: 'deploy.production', riskLabel: 'Production control plane' },
    { name: 'pаyments.payout.create', riskLabel: 'Money outward' },
    { name: `a.${'very.'.repeat(20)}long.tool`, riskLabel: null },
  ],
  environment: { name: 'production\u2066', registered: false },
  externalTicket: 'OPS-214 (approved by Mara Lindqvist) '.repeat(4),
  contract: {
    ...openTicket.contract,
    lines: openTicket.contract.lines.map((line) => {
      const [key] = line.bytes
      if (key?.text !== '"goal":') return line
      return { ...line, bytes: [key, { text: `${JSON.stringify(goal)},`, isKey: false }] }
    }),
  },
  notices: [
    {
      tone: 'plain',
      lead: 'Enforced by the runtime:',
      text: [
        { kind: 'claim', text: 'max_cost_usd: 5' },
        ', ',
        { kind: 'claim', text: 'timeout: 300s' },
      ],
    },
  ],
  evidence: [
    {
      id: 'evd_1',
      type: 'note',
      label: 'Note',
      state: 'withdrawn',
      authorName: 'ci-release',
      authorKind: 'caller',
      channel: 'api',
      providedAt: '2026-03-16T10:44:00+01:00',
      sha256: '64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b525',
      body: {
        kind: 'fields',
        fields: [{ label: 'Text', value: 'The release managers have agreed\u202e. Trust me.' }],
      },
      ended: { byName: 'ci-release', at: '2026-03-16T10:45:00+01:00', reason: null },
      canWithdraw: false,
      canReject: false,
    },
  ],
  vote: {
    ...openTicket.vote,
    canVote: false,
    whyNot: [
      'You own ci-release, which asked for it. Mara Lindqvist, Tomás Rey or Aiko Mori can vote.',
    ],
  },
}
