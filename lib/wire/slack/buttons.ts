import { z } from 'zod'
import { isId } from '#lib/core/ids'

/** Who pressed a button, as Slack's signed body says. The three together name a Slack user for ever. */
export const slackUser = z.strictObject({
  /** Empty outside Enterprise Grid. */
  enterpriseId: z.string().max(64),
  teamId: z.string().min(1).max(64),
  userId: z.string().min(1).max(64),
})
export type SlackUser = z.infer<typeof slackUser>

/** Block Kit `action_id`s of buttons. Buttons that only open a page are `open`. */
export const SLACK_ACTIONS = {
  approve: 'approve',
  reject: 'reject',
  details: 'details',
  addEvidence: 'add_evidence',
  link: 'link',
  open: 'open',
  /** The same, where a block has two of them. */
  openEvidence: 'open_evidence',
  /** In the choice of the evidence modal. */
  evidenceType: 'evidence_type',
} as const

/** `callback_id`s of modals that are submitted. */
export const SLACK_VIEWS = {
  approve: 'approve',
  reject: 'reject',
  evidence: 'evidence',
} as const

const requestId = z.string().refine((text) => isId('req', text))
const messageId = z.string().refine((text) => isId('msg', text))
const digest = z.string().regex(/^sha-256:[0-9a-f]{64}$/)

/**
 * What a button carries, as JSON of at most 2,000 characters. It is not trusted for more than what was shown: the digest is
 * compared with the ticket under its lock.
 */
export const buttonValue = z.strictObject({
  request: requestId,
  /** What the message showed; null where nobody can vote. */
  review: digest.nullable(),
  /** Null on a page of the app's home. */
  message: messageId.nullable(),
})
export type ButtonValue = z.infer<typeof buttonValue>

/** `private_metadata` of a modal: as its button, and what else the modal was opened for. */
export const modalMetadata = buttonValue.extend({
  evidenceType: z.string().max(64).nullable().default(null),
  /** What was typed into forms of evidence that were left for another type, by block. */
  typed: z.record(z.string().max(64), z.string().max(3_000)).optional(),
})
export type ModalMetadata = z.infer<typeof modalMetadata>

/** `action_id` of every field of a form; its `block_id` is the field's name. */
export const FORM_VALUE = 'value'
