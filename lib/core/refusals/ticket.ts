import type { RefusalEntry } from './entry'

/** The ticket, its review or its evidence does not take this now. */
export const TICKET_REFUSALS = {
  ticket_closed: {
    status: 409,
    title: 'The ticket is closed',
    sentence: 'The ticket is no longer open, so nothing was recorded.',
  },
  ticket_expired: {
    status: 409,
    title: 'The ticket has expired',
    sentence:
      'The deadline has passed without enough answers. Nobody said no; submit again if needed.',
  },
  already_decided: {
    status: 409,
    title: 'Already settled',
    sentence: 'Somebody else was first and the ticket is settled. Your vote was not needed.',
  },
  review_changed: {
    status: 409,
    title: 'What you reviewed has changed',
    sentence: 'The ticket changed after you opened it. Read it again, then vote.',
  },
  review_missing: {
    status: 400,
    title: 'The review digest is missing',
    sentence:
      'A vote has to carry the digest of what was shown. Open the ticket again and vote there.',
  },
  not_ready: {
    status: 409,
    title: 'Not released',
    sentence: 'The request is not released, so there is no token. Wait for it.',
  },
  evidence_type_unknown: {
    status: 400,
    title: 'Unknown type of evidence',
    sentence: 'The policy knows no evidence of this type. Use one of the types on the checklist.',
  },
  evidence_not_allowed: {
    status: 403,
    title: 'You cannot provide this evidence',
    sentence: 'The policy does not take this type of evidence from you.',
  },
  evidence_invalid: {
    status: 400,
    title: 'The evidence is not valid',
    sentence: 'Some fields of the evidence are missing or wrong. Correct them and attach it again.',
  },
} as const satisfies Record<string, RefusalEntry>
