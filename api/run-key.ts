import type { RefusalCode } from '#lib/core/refusals'

/** What names a run: visible ASCII, so that it travels in headers and links. */
export const RUN_KEY = /^[!-~]{1,200}$/

export const NAMES_THE_RUN = {
  'Idempotency-Key':
    'Names the run, as `run_id` does: 1 to 200 visible ASCII characters. The same name and contract is the same request.',
}

/** What submitting a contract may be refused with, whichever door it comes by. */
export const SUBMIT_REFUSES: readonly RefusalCode[] = [
  'invalid_contract',
  'invalid_body',
  'run_reused',
  'too_many_requests',
  'too_many_open',
  'policy_unavailable',
]
