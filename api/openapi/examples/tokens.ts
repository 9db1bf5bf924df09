import type { OperationExamples } from './shape'
import { ARGUMENTS, REQUEST_ID } from './story'

/** Of the form of a token; it opens nothing. */
const TOKEN =
  'eyJhbGciOiJFZERTQSIsInR5cCI6ImFsbG93K2p3dCJ9.eyJzdWIiOiJyZXFfMDFLS1YwQUhTUlFYTjFWUlZDQzNBRVFTVFoifQ.c2lnbmF0dXJl'

/** Collecting, redeeming, reporting. */
export const TOKEN_EXAMPLES: Record<string, OperationExamples> = {
  collectToken: {
    parameters: { id: REQUEST_ID },
    answers: {
      200: {
        collected: {
          summary: 'Good for five minutes; collect again while the grant lives',
          value: {
            request_id: REQUEST_ID,
            token: TOKEN,
            jti: 'Hf7dvL9QbJyegd-ShtsAGg',
            expires_at: '2026-03-16T10:36:09.000Z',
            obligations: [{ name: 'max_cost_usd', value: 5 }],
          },
        },
      },
    },
  },
  redeemToken: {
    body: {
      deploy: {
        summary: 'The deploy, its precondition looked at, its obligation kept',
        value: {
          token: TOKEN,
          arguments: ARGUMENTS,
          observed: { running_release: '2026.03.07' },
          acknowledged_obligations: [{ name: 'max_cost_usd', value: 5 }],
          environment: 'production',
          nonce: 'b1f0c6d29ae74d5f8a43c07e5d9b2c18',
        },
      },
    },
    answers: {
      200: {
        ok: {
          summary: 'Run it now, once',
          value: {
            ok: true,
            request_id: REQUEST_ID,
            redeemed_at: '2026-03-16T10:31:11.020Z',
            replay: false,
          },
        },
      },
    },
  },
  reportOutcome: {
    parameters: { id: REQUEST_ID },
    body: {
      succeeded: {
        summary: 'It worked',
        value: { outcome: 'succeeded', detail: 'Rolled out to 12 of 12 hosts.' },
      },
      unknown: { summary: 'Nobody knows', value: { outcome: 'unknown' } },
    },
    answers: {
      200: {
        recorded: {
          summary: 'On record',
          value: { request_id: REQUEST_ID, outcome: 'succeeded' },
        },
      },
    },
  },
}
