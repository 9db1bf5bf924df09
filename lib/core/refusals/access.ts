import type { RefusalEntry } from './entry'

/** Who asks is not known, may not do this, or has not proved it with a factor. */
export const ACCESS_REFUSALS = {
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    sentence:
      'The credential is missing, wrong or no longer valid. Sign in, or send a valid API key.',
  },
  webhook_invalid: {
    status: 401,
    title: 'The webhook is not authentic',
    sentence:
      'The delivery was not signed with this endpoint’s secret, or not in the last minutes. Do not act on it.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    sentence: 'This credential may not do this.',
  },
  not_eligible: {
    status: 403,
    title: 'You cannot vote on this ticket',
    sentence: 'You are in none of the approver groups that this ticket needs.',
  },
  own_request: {
    status: 403,
    title: 'You are behind this request',
    sentence: 'Nobody votes on a request that they stand behind. Somebody else has to.',
  },
  channel_not_allowed: {
    status: 403,
    title: 'Not by this channel',
    sentence: 'The policy does not take this vote by this channel. Use the console.',
  },
  slack_not_linked: {
    status: 403,
    title: 'Your Slack account is not linked',
    sentence:
      'Countersign no longer knows who you are in Slack, so nothing was recorded. Link your account, then press again.',
  },
  mfa_required: {
    status: 403,
    title: 'A second factor is required',
    sentence: 'Prove with your passkey or code that it is you. Nothing was recorded yet.',
  },
  mfa_failed: {
    status: 403,
    title: 'The second factor was not accepted',
    sentence: 'The passkey or code was wrong, used before or too old. Try again with a new one.',
  },
  mfa_not_phishing_resistant: {
    status: 403,
    title: 'A passkey is required',
    sentence: 'The policy wants a passkey for this vote. A code is not enough.',
  },
  mfa_locked: {
    status: 429,
    title: 'Too many wrong codes',
    sentence:
      'Too many wrong codes. Codes are locked for a while; a passkey still works, and an admin can unlock them.',
  },
  factor_not_confirmed: {
    status: 403,
    title: 'Your factor is not confirmed',
    sentence:
      'A first or reset factor has to be confirmed by a second person, and votes only on tickets opened after that.',
  },
  no_second_admin: {
    status: 409,
    title: 'Nobody else could approve it',
    sentence:
      'Dual control is on, and no other admin has a confirmed factor. Whoever runs the installation does it on its own machine.',
  },
  change_outdated: {
    status: 409,
    title: 'It was changed meanwhile',
    sentence: 'What this change was made for is no longer so. Look again, then propose it anew.',
  },
  mail_not_sent: {
    status: 502,
    title: 'The mail was not sent',
    sentence: 'The mail server did not take it, and the link in it is void. Try again in a moment.',
  },
  already_linked: {
    status: 409,
    title: 'Linked already',
    sentence: 'A Slack user is one person and a person is one Slack user. Unlink the other first.',
  },
} as const satisfies Record<string, RefusalEntry>
