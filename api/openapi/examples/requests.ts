import type { OperationExamples } from './shape'
import {
  ARGUMENTS,
  allowed,
  CONTRACT,
  cancelled,
  denied,
  held,
  OTHER_ID,
  REQUEST_ID,
  rejected,
  released,
} from './story'

/** Asking, waiting, taking back. */
export function requestExamples(url: string): Record<string, OperationExamples> {
  return {
    submitRequest: {
      parameters: { 'Idempotency-Key': 'deploy-2026.03.14' },
      body: {
        deploy: { summary: 'A deploy, bound to its release', value: CONTRACT },
        smallest: {
          summary: 'No more than has to be said',
          value: { goal: 'Deploy release 2026.03.14 to staging', tools: ['deploy.staging'] },
        },
        command: {
          summary: 'A command line as arguments',
          value: {
            goal: 'Apply the plan of OPS-214',
            tools: ['terraform.apply'],
            arguments: { 'terraform.apply': ['apply', 'ops-214.tfplan'] },
          },
        },
      },
      answers: {
        200: {
          allowed: { summary: 'Policy lets it pass: a grant is ready', value: allowed() },
          denied: { summary: 'Policy says no', value: denied() },
        },
        202: { held: { summary: 'Held until people have answered', value: held(url) } },
      },
    },
    getRequest: {
      parameters: { id: REQUEST_ID, wait: '25' },
      answers: {
        200: {
          released: { summary: 'Nothing is missing: collect and redeem', value: released(url) },
          open: { summary: 'Still held: ask again', value: held(url) },
          rejected: { summary: 'A human said no', value: rejected(url) },
        },
      },
    },
    listRequests: {
      parameters: { state: 'open', limit: '2' },
      answers: {
        200: { page: { summary: 'A page, and where the next begins', value: page(url) } },
      },
    },
    ...FOLLOW_AND_ADD,
    cancelRequest: {
      parameters: { id: REQUEST_ID },
      body: {
        why: { summary: 'With a reason', value: { reason: 'The release was withdrawn.' } },
      },
      answers: { 200: { cancelled: { summary: 'Taken back', value: cancelled(url) } } },
    },
    check: checkExamples(url),
  }
}

function page(url: string) {
  const items = [
    held(url),
    { ...held(url), request_id: OTHER_ID, ticket_url: `${url}/tickets/${OTHER_ID}` },
  ]
  return {
    items: items.map(({ requirements: _r, issues: _i, poll: _p, closed: _c, ...item }) => item),
    next_cursor: 'MjAyNi0wMy0xNlQwOTo0MTowNy4xODFaIHJlcV8wMUtLVjBBSFNSUVhOMVZSVkNDM0FFUVNUWg',
  }
}

function checkExamples(url: string): OperationExamples {
  const { issues, policy_version } = held(url)
  return {
    parameters: { 'Idempotency-Key': 'deploy-2026.03.14' },
    body: {
      deploy: {
        summary: 'As clients of Stage0 send it',
        value: {
          goal: CONTRACT.goal,
          tools: CONTRACT.tools,
          arguments: ARGUMENTS,
          context: { environment: 'production', run_id: 'deploy-2026.03.14' },
          pro: false,
        },
      },
    },
    answers: {
      200: {
        held: {
          summary: 'Held: a real ticket',
          value: {
            verdict: 'DEFER',
            decision: 'DEFER',
            reason: issues.map(({ message }) => message).join(' '),
            issues: issues.map(({ code, message }) => ({ code, severity: 'MEDIUM', message })),
            request_id: REQUEST_ID,
            policy_version,
            risk_score: 70,
            state: 'open',
            ticket_url: `${url}/tickets/${REQUEST_ID}`,
          },
        },
      },
    },
  }
}

const FOLLOW_AND_ADD: Record<string, OperationExamples> = {
  streamEvents: {
    parameters: { 'Last-Event-ID': '1773655200000' },
    answers: {
      200: {
        released: {
          summary: 'Data of an event: a request was released',
          value: {
            request_id: REQUEST_ID,
            state: 'released',
            verdict: 'ALLOW',
            grant_state: 'ready',
          },
        },
        rejected: {
          summary: 'Data of an event: a human said no',
          value: {
            request_id: OTHER_ID,
            state: 'rejected',
            verdict: 'DEFER',
            grant_state: null,
          },
        },
      },
    },
  },
  addEvidence: {
    parameters: { id: REQUEST_ID },
    body: {
      tests: {
        summary: 'Test results',
        value: {
          type: 'test_results',
          body: {
            summary: 'All green on the release candidate',
            passed: 512,
            failed: 0,
            url: 'https://ci.example/runs/8812',
          },
        },
      },
      note: {
        summary: 'A note',
        value: { type: 'note', body: { text: 'Staged since Monday.' } },
      },
    },
    answers: {
      200: {
        recorded: {
          summary: 'On file',
          value: {
            evidence_id: 'evd_01KKV0C6Q2J4W5T8Z9Y7X6V5S4',
            sha256: 'sha-256:64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b525',
          },
        },
      },
    },
  },
}
