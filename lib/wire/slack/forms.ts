import { z } from 'zod'
import { totpCode } from '#lib/wire/auth'
import { EVIDENCE_BODIES, EVIDENCE_LABELS } from '#lib/wire/evidence'
import { storableText } from '#lib/wire/text'
import { rejectForm } from '#lib/wire/vote'
import { FORM_VALUE } from './buttons'

/** `view.state` of a submitted modal: block id → action id → what stands in the field. */
export interface SubmittedState {
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Faults by block id: what `response_action: errors` takes. */
export type FormReading<T> = { ok: true; value: T } | { ok: false; errors: Record<string, string> }

/** Evidence that has a form in Slack; the console has one for every type. */
export const SLACK_EVIDENCE = {
  rollback_plan: EVIDENCE_LABELS.rollback_plan,
  change_record: EVIDENCE_LABELS.change_record,
  note: EVIDENCE_LABELS.note,
} as const
export type SlackEvidenceType = keyof typeof SLACK_EVIDENCE

export function isSlackEvidenceType(text: string): text is SlackEvidenceType {
  return Object.hasOwn(SLACK_EVIDENCE, text)
}

const note = storableText.trim().max(280, 'Use up to 280 characters.')

const approveFields = z.object({
  code: totpCode,
  note: note.transform((text) => text || null),
})
export type ApproveFields = z.output<typeof approveFields>

const rejectFields = z.object({
  reason: z.enum(rejectForm.shape.reason.options, 'Choose a reason.'),
  note: note.transform((text) => text || null),
})
export type RejectFields = z.output<typeof rejectFields>

export function readApprove(state: SubmittedState): FormReading<ApproveFields> {
  return read(approveFields, fieldsOf(state), (field) => field)
}

export function readReject(state: SubmittedState): FormReading<RejectFields> {
  return read(rejectFields, fieldsOf(state), (field) => field)
}

export type EvidenceBody = z.output<(typeof EVIDENCE_BODIES)[SlackEvidenceType]>

/** The body as the command takes it. Block ids are `<type>.<field>`, so that two types never share a typed text. */
export function readEvidence(
  type: SlackEvidenceType,
  state: SubmittedState,
): FormReading<EvidenceBody> {
  const prefix = `${type}.`
  const fields = Object.fromEntries(
    Object.entries(fieldsOf(state)).flatMap(([block, text]) =>
      block.startsWith(prefix) ? [[block.slice(prefix.length), text]] : [],
    ),
  )
  return read<EvidenceBody>(EVIDENCE_BODIES[type], bodyOf(type, fields), (field) => prefix + field)
}

/** Typed text as the values that the body has. */
function bodyOf(type: SlackEvidenceType, fields: Record<string, string>): Record<string, unknown> {
  if (type !== 'rollback_plan') return fields
  const { steps = '', estimated_minutes = '', tested, ...rest } = fields
  return {
    ...rest,
    steps: steps
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    estimated_minutes: /^[0-9]{1,5}$/.test(estimated_minutes.trim())
      ? Number(estimated_minutes)
      : Number.NaN,
    tested: tested === 'yes',
  }
}

function read<T>(
  schema: z.ZodType<T>,
  fields: unknown,
  blockOf: (field: string) => string,
): FormReading<T> {
  const parsed = schema.safeParse(fields)
  if (parsed.success) return { ok: true, value: parsed.data }
  const errors: Record<string, string> = {}
  for (const issue of parsed.error.issues) {
    errors[blockOf(String(issue.path[0]))] ??= wordsOf(issue)
  }
  return { ok: false, errors }
}

/** What to do about it, where the shape of the body only says what it is not. */
function wordsOf({ code, path, message, ...issue }: z.core.$ZodIssue): string {
  if (path[0] === 'estimated_minutes') return 'Write whole minutes, from 1 to 10080.'
  if (path[0] === 'steps' && path.length > 1) return 'Use up to 200 characters for a step.'
  if (code === 'too_small' || code === 'invalid_type') return 'Write something here.'
  if (code === 'too_big' && 'maximum' in issue)
    return path[0] === 'steps'
      ? `Use up to ${issue.maximum} steps.`
      : `Use up to ${issue.maximum} characters.`
  return message
}

/** What stands in each field, as text; an empty field is an empty text. */
export function fieldsOf({ values }: SubmittedState): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([block, actions]) => [block, textOf(actions[FORM_VALUE])]),
  )
}

const field = z.union([
  z.object({ value: z.string() }).transform(({ value }) => value),
  z
    .object({ selected_option: z.object({ value: z.string() }) })
    .transform(({ selected_option }) => selected_option.value),
])

function textOf(element: unknown): string {
  const parsed = field.safeParse(element)
  return parsed.success ? parsed.data : ''
}
