import type { RefusalEntry } from './entry'

/**
 * A token cannot be collected or redeemed. Only these rows carry a disposition: `retry` keeps the grant and the
 * same token may be sent again, `burn` ends the grant, `leave` says nothing about the grant to this asker.
 */
export const GRANT_REFUSALS = {
  grant_lapsed: {
    status: 409,
    title: 'The grant has lapsed',
    sentence:
      'The execution window ended before the token was redeemed. Nothing ran; submit again.',
  },
  grant_revoked: {
    status: 409,
    title: 'The grant was revoked',
    sentence: 'Somebody revoked the grant before it was redeemed. Do not run the action.',
  },
  grant_burnt: {
    status: 409,
    title: 'The grant is burnt',
    sentence: 'A redemption was refused for good. Do not run the action; submit again.',
  },
  window_closed: {
    status: 409,
    title: 'The change window is closed',
    sentence: 'The change window is shut now. The grant stays; redeem again when it opens.',
    disposition: 'retry',
  },
  decision_point_unavailable: {
    status: 503,
    title: 'A decision point did not answer',
    sentence:
      'A decision point could not be asked, so nothing may run. The grant stays; try again.',
    disposition: 'retry',
  },
  policy_unavailable: {
    status: 503,
    title: 'The policy cannot be loaded',
    sentence: 'The policy could not be loaded, so nothing may run. The grant stays; try again.',
    disposition: 'retry',
  },
  policy_tightened: {
    status: 409,
    title: 'The policy has become stricter',
    sentence: 'Today’s policy asks for more than was given. The grant is burnt; submit again.',
    disposition: 'burn',
  },
  voter_ineligible: {
    status: 409,
    title: 'A voter may no longer vote',
    sentence: 'Somebody whose vote counted may no longer vote. The grant is burnt; submit again.',
    disposition: 'burn',
  },
  precondition_failed: {
    status: 409,
    title: 'A precondition does not hold',
    sentence:
      'The world is not as the contract said it would be. The grant is burnt; submit again.',
    disposition: 'burn',
  },
  digest_mismatch: {
    status: 409,
    title: 'This is not the action that was signed',
    sentence:
      'The arguments differ from the signed contract. The grant is burnt; do not run the action.',
    disposition: 'burn',
  },
  audience_mismatch: {
    status: 403,
    title: 'The token is for another runtime',
    sentence: 'The token names another audience. Do not run the action here.',
    disposition: 'leave',
  },
  key_mismatch: {
    status: 403,
    title: 'The token belongs to another caller',
    sentence: 'This key may not redeem this token. Do not run the action here.',
    disposition: 'leave',
  },
  environment_mismatch: {
    status: 403,
    title: 'The token is for another environment',
    sentence: 'The token names another environment. Do not run the action here.',
    disposition: 'leave',
  },
  obligation_unknown: {
    status: 409,
    title: 'An obligation was not acknowledged',
    sentence: 'Acknowledge every obligation of the token, or do not run the action.',
    disposition: 'leave',
  },
  expired: {
    status: 409,
    title: 'The token has expired',
    sentence: 'The token is past its time. Collect a new one while the grant lives.',
    disposition: 'leave',
  },
  token_replaced: {
    status: 409,
    title: 'A newer token was collected',
    sentence: 'Another token of this grant replaced this one. Use the newest.',
    disposition: 'leave',
  },
  old_generation: {
    status: 409,
    title: 'The token is from before a restore',
    sentence: 'The installation was restored and older tokens are void. Submit again.',
    disposition: 'leave',
  },
  already_redeemed: {
    status: 409,
    title: 'Already redeemed',
    sentence: 'The token was redeemed before. Do not run the action again; report what is known.',
    disposition: 'leave',
  },
  token_invalid: {
    status: 400,
    title: 'This is not an allow token',
    sentence: 'The token cannot be read or its signature is wrong. Do not run the action.',
    disposition: 'leave',
  },
  unknown: {
    status: 404,
    title: 'Unknown token',
    sentence: 'No grant of ours carries this token. Do not run the action.',
    disposition: 'leave',
  },
} as const satisfies Record<string, RefusalEntry>
