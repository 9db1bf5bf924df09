import { z } from 'zod'
import { factorProof, passkeyAssertion } from './auth'
import { storableText } from './text'

const digest = z.string().regex(/^sha-256:[0-9a-f]{64}$/, 'This is not a digest.')

/** What a voter's screen showed. */
export const reviewForm = z.object({ reviewDigest: digest })

export const approveForm = z.object({ reviewDigest: digest, proof: factorProof })

export const rejectForm = z.object({
  reviewDigest: digest,
  reason: z.enum([
    'wrong_target',
    'too_risky',
    'not_now',
    'evidence_insufficient',
    'not_understood',
    'other',
  ]),
  note: storableText.trim().max(280),
})

/** By a pass: the passkey says who votes, so nothing else is taken, and nothing goes without it. */
export const passApproveForm = z.object({ reviewDigest: digest, assertion: passkeyAssertion })
export const passRejectForm = rejectForm.extend({ assertion: passkeyAssertion })

export const ticketReason = storableText.trim().max(500)
