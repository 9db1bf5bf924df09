import type { Contract } from '#lib/core/contract/contract'
import type { RequestAnswer } from '#lib/wire/request'

/** What the examples are about: one deploy, from the ask to the report. */

export const REQUEST_ID = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'
export const OTHER_ID = 'req_01KKV5TBW1E1Y3M1V0P5C6NQ8D'
const POLICY = 'main@14+dca9a11d'
const DIGEST = 'sha-256:7a3d81c76b42e1b5fadfa0d282e3b4ab4baea1335080fdca3fec50df71936d9f'

export const ARGUMENTS = { 'deploy.production': { release: '2026.03.14' } }

export const CONTRACT: Contract = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  arguments: ARGUMENTS,
  constraints: ['rollback_plan_required: true'],
  context: { environment: 'production', ticket_id: 'OPS-214' },
  preconditions: [{ name: 'running_release', equals: '2026.03.07' }],
  run_id: 'deploy-2026.03.14',
}

const ITEMS = [
  { id: 'approval:release_managers', kind: 'approval', title: 'Approval by one release manager' },
  { id: 'mfa', kind: 'mfa', title: 'Second factor with that approval' },
  { id: 'evidence:rollback_plan', kind: 'evidence', title: 'Rollback plan' },
] as const

const ISSUES: RequestAnswer['issues'] = [
  {
    code: 'approval_missing',
    severity: 'defer',
    message: 'Approval by one of the release managers is missing.',
    requirement: 'approval:release_managers',
  },
  {
    code: 'mfa_missing',
    severity: 'defer',
    message: 'An approval with a second factor is missing.',
    requirement: 'mfa',
  },
  {
    code: 'rollback_plan_missing',
    severity: 'defer',
    message: 'No rollback plan is on file.',
    requirement: 'evidence:rollback_plan',
  },
]

function checklist(state: 'met' | 'missing'): RequestAnswer['requirements'] {
  return [
    ...ITEMS.map((item) => ({ ...item, state, opens_at: null })),
    {
      id: 'precondition:running_release',
      kind: 'precondition',
      state: 'at_redeem',
      title: 'Precondition',
      opens_at: null,
    },
  ]
}

export function held(publicUrl: string): RequestAnswer {
  return {
    request_id: REQUEST_ID,
    verdict: 'DEFER',
    state: 'open',
    issues: ISSUES,
    requirements: checklist('missing'),
    policy_version: POLICY,
    contract_digest: DIGEST,
    decision: 1,
    submitted_at: '2026-03-16T09:41:07.181Z',
    deadline_at: '2026-03-17T09:41:07.181Z',
    closed: null,
    grant: null,
    ticket_url: `${publicUrl}/tickets/${REQUEST_ID}`,
    superseded_by: null,
    poll: { wait_seconds: 25, retry_after_seconds: 1 },
  }
}

export function released(publicUrl: string): RequestAnswer {
  return {
    ...held(publicUrl),
    verdict: 'ALLOW',
    state: 'released',
    issues: [],
    requirements: checklist('met'),
    decision: 4,
    closed: { at: '2026-03-16T10:31:09.412Z', by: null, reason: null, note: null },
    grant: {
      state: 'ready',
      ends_at: '2026-03-16T14:31:09.412Z',
      collected_at: null,
      redeemed_at: null,
      reported_at: null,
      outcome: null,
    },
    poll: null,
  }
}

export function rejected(publicUrl: string): RequestAnswer {
  return {
    ...held(publicUrl),
    state: 'rejected',
    closed: {
      at: '2026-03-16T10:02:40.118Z',
      by: 'Tomás Rey',
      reason: 'not_now',
      note: 'Not before the quarter is closed.',
    },
    poll: null,
  }
}

export function cancelled(publicUrl: string): RequestAnswer {
  return {
    ...held(publicUrl),
    state: 'cancelled',
    closed: {
      at: '2026-03-16T09:58:12.004Z',
      by: null,
      reason: 'The release was withdrawn.',
      note: null,
    },
    poll: null,
  }
}

/** Policy lets it pass at once: no ticket, a grant. */
export function allowed(): RequestAnswer {
  const at = '2026-03-16T11:20:31.552Z'
  return {
    request_id: OTHER_ID,
    verdict: 'ALLOW',
    state: 'released',
    issues: [],
    requirements: [],
    policy_version: POLICY,
    contract_digest: 'sha-256:3d283dc57a431d0f539ab17b1eef517a561b3ce60fe13205051d3d24d94f8f47',
    decision: 1,
    submitted_at: at,
    deadline_at: null,
    closed: { at, by: null, reason: null, note: null },
    grant: {
      state: 'ready',
      ends_at: '2026-03-16T15:20:31.552Z',
      collected_at: null,
      redeemed_at: null,
      reported_at: null,
      outcome: null,
    },
    ticket_url: null,
    superseded_by: null,
    poll: null,
  }
}

export function denied(): RequestAnswer {
  return {
    ...allowed(),
    verdict: 'DENY',
    state: 'denied',
    issues: [
      {
        code: 'wrong_environment',
        severity: 'deny',
        message: 'The tools act on production, which the contract does not allow.',
        path: '/constraints/0',
      },
    ],
    contract_digest: 'sha-256:2d8e9b7bb45baeb8cbef0f1152993700ebba317e654d6ea365d0781d0d79d4e6',
    grant: null,
  }
}
