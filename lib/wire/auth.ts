import { z } from 'zod'
import { slackUser } from '#lib/wire/slack/buttons'
import { changeForm } from './change'
import { storableText } from './text'

/** Forms and ceremonies of people. Sizes are bounds, not advice: a longer value is refused before anything is decoded. */

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'This is not base64url.')

/** Credential ids are at most 1,023 bytes (WebAuthn Level 3, section 4). */
const credentialId = base64url(1364)
const clientDataJson = base64url(8192)
const personId = z.string().regex(/^prs_[0-9A-HJKMNP-TV-Z]{26}$/, 'This is not the id of a person.')
const passkeyId = z
  .string()
  .regex(/^pky_[0-9A-HJKMNP-TV-Z]{26}$/, 'This is not the id of a passkey.')
const authenticatorAttachment = z.enum(['platform', 'cross-platform']).optional()

/** Space around the code is taken off; inside it is an error, as is a seventh digit. */
export const totpCode = z
  .string()
  .trim()
  .regex(/^[0-9]{6}$/, 'A code has exactly six digits.')

/** PublicKeyCredential.toJSON() of an assertion. What an extension answered is not read. */
export const passkeyAssertion = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: clientDataJson,
    authenticatorData: base64url(4096),
    signature: base64url(2048),
    userHandle: base64url(88).optional(),
  }),
  authenticatorAttachment,
  clientExtensionResults: z.record(z.string(), z.unknown()).transform(() => ({})),
})
export type PasskeyAssertion = z.output<typeof passkeyAssertion>

/** PublicKeyCredential.toJSON() of a new passkey. */
export const passkeyRegistration = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: clientDataJson,
    attestationObject: base64url(65_536),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/))
      .max(8)
      .optional(),
  }),
  authenticatorAttachment,
  clientExtensionResults: z.record(z.string(), z.unknown()).transform(() => ({})),
})
export type PasskeyRegistration = z.output<typeof passkeyRegistration>

/** A second factor as offered with what it is to prove. */
export const factorProof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('totp'), code: totpCode }),
  z.object({ kind: z.literal('passkey'), assertion: passkeyAssertion }),
])
export type FactorProof = z.output<typeof factorProof>

/** Which factor is meant: a passkey by its id, an authenticator app by the person it belongs to. */
export const factorRef = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('passkey'), id: passkeyId }),
  z.object({ kind: z.literal('totp'), personId }),
])
export type FactorRef = z.output<typeof factorRef>

export const signInLinkSecret = base64url(43).min(43, 'This is not a sign-in link.')

/** Of a link to the signing page, and of the cookie that it was exchanged for. */
export const signPassSecret = base64url(43).min(43, 'This is not a signing link.')

export const slackLinkSecret = base64url(43).min(43, 'This is not an address that links.')

/** As typed: whether it is one is for whoever looks it up. Bounds keep the work small. */
const typedEmail = z.string().trim().min(1).max(254)
const typedRecoveryCode = z.string().trim().min(1).max(64)

/** Who asks for a link by mail. What no mail server takes is told before anybody is looked for. */
export const askForLinkForm = z.object({
  email: typedEmail.toLowerCase().regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/),
})

export const signInForm = z.discriminatedUnion('method', [
  z.object({ method: z.literal('link'), secret: signInLinkSecret }),
  z.object({ method: z.literal('passkey'), assertion: passkeyAssertion }),
  z.object({ method: z.literal('recovery'), email: typedEmail, code: typedRecoveryCode }),
])

/** What a passkey is asked to prove when it is not a vote. */
export const stepUpAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('add_factor') }),
  z.object({ action: z.literal('confirm_factor'), factor: factorRef }),
  z.object({ action: z.literal('remove_factor'), factor: factorRef }),
  z.object({ action: z.literal('link_slack'), user: slackUser }),
  z.object({ action: z.literal('make_recovery_codes') }),
  z.object({ action: z.literal('unlock_codes'), personId }),
  z.object({ action: z.literal('reset_factors'), personId }),
  z.object({ action: z.literal('change'), change: changeForm }),
])
export type StepUpAction = z.output<typeof stepUpAction>

export const sessionId = z
  .string()
  .regex(/^ses_[0-9A-HJKMNP-TV-Z]{26}$/, 'This is not the id of a session.')

export const passkeyName = storableText
  .trim()
  .min(1, 'Give it a name.')
  .max(60, 'Use up to 60 characters.')

export const startEnrolmentForm = z.object({ proof: factorProof.nullable() })

export const enrolPasskeyForm = z.object({ name: passkeyName, response: passkeyRegistration })

export const confirmTotpForm = z.object({
  enrolmentId: z.string().regex(/^chl_[0-9A-HJKMNP-TV-Z]{26}$/, 'This is not an enrolment.'),
  code: totpCode,
})

export const linkSlackForm = z.object({ secret: slackLinkSecret, proof: factorProof.nullable() })

export const factorForm = z.object({ factor: factorRef, proof: factorProof.nullable() })

export const recoveryCodesForm = z.object({ proof: factorProof.nullable() })

/** What an admin does to somebody else's account. */
export const accountForm = z.object({ personId, proof: factorProof.nullable() })

export const renamePasskeyForm = z.object({ passkeyId, name: passkeyName })

/** The announcements that somebody has seen, by id; no page shows more. */
export const announcementsForm = z.object({
  ids: z
    .array(z.string().regex(/^ann_[0-9A-HJKMNP-TV-Z]{26}$/, 'This is not an announcement.'))
    .min(1)
    .max(20),
})
