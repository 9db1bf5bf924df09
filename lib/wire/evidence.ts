import { z } from 'zod'
import {
  cleanFileName,
  FILE_MEDIA_TYPES,
  MOST_DESCRIPTION,
  MOST_FILE_BYTES,
  MOST_NAME,
} from './files'
import { storableText } from './text'

const shortText = storableText.trim().min(1).max(200)
const longText = storableText.trim().min(1).max(4_000)
/** Shown to reviewers, who may open it: never an address that runs something. */
const link = z
  .url({
    protocol: /^https?$/,
    error: 'Give an address that begins with https:// (or http://).',
  })
  .max(2_000, 'Use up to 2,000 characters.')
  .pipe(storableText)

/** Steps to go back, who carries them out, how long it takes. `tested`: somebody has run them. */
export const rollbackPlan = z.strictObject({
  steps: z.array(shortText).min(1).max(50),
  owner: shortText,
  estimated_minutes: z.int().min(1).max(10_080),
  previous_version: shortText,
  tested: z.boolean(),
})

const changeRecord = z.strictObject({ system: shortText, id: shortText, url: link })

const testResults = z.strictObject({
  summary: longText,
  passed: z.int().min(0),
  failed: z.int().min(0),
  url: link.optional(),
})

const backup = z.strictObject({
  location: shortText,
  taken_at: z.iso.datetime({ offset: true }),
  restore_tested: z.boolean(),
})

const impactAnalysis = z.strictObject({
  summary: longText,
  affected: z.array(shortText).max(50),
})

const note = z.strictObject({ text: longText })

export const fileDescription = storableText
  .trim()
  .min(1)
  .max(MOST_DESCRIPTION, `Use up to ${MOST_DESCRIPTION} characters.`)

/** A file that is kept by the hash of its bytes. The digest of the item covers the hash, and so the bytes. */
export const attachment = z.strictObject({
  name: storableText
    .min(1)
    .max(MOST_NAME)
    .refine((name) => name === cleanFileName(name), 'No file is named so.'),
  media_type: z.enum(FILE_MEDIA_TYPES),
  size_bytes: z.int().min(1).max(MOST_FILE_BYTES),
  /** Of the bytes, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  description: fileDescription.optional(),
})
export type Attachment = z.output<typeof attachment>

/** Body shapes of the types that come with the product. An approval or a second factor is never evidence. */
export const EVIDENCE_BODIES = {
  rollback_plan: rollbackPlan,
  change_record: changeRecord,
  test_results: testResults,
  backup,
  impact_analysis: impactAnalysis,
  note,
  attachment,
} as const

export type EvidenceType = keyof typeof EVIDENCE_BODIES

export const EVIDENCE_LABELS: Record<EvidenceType, string> = {
  rollback_plan: 'Rollback plan',
  change_record: 'Change record',
  test_results: 'Test results',
  backup: 'Backup',
  impact_analysis: 'Impact analysis',
  note: 'Note',
  attachment: 'Attachment',
}

export function isEvidenceType(text: string): text is EvidenceType {
  return Object.hasOwn(EVIDENCE_BODIES, text)
}

/** The body of POST /v1/requests/{id}/evidence. A caller attaches no files: people do, in the console. */
export const evidenceSubmission = z
  .discriminatedUnion('type', [
    submission('rollback_plan', rollbackPlan, 'RollbackPlan'),
    submission('change_record', changeRecord, 'ChangeRecord'),
    submission('test_results', testResults, 'TestResults'),
    submission('backup', backup, 'Backup'),
    submission('impact_analysis', impactAnalysis, 'ImpactAnalysis'),
    submission('note', note, 'Note'),
  ])
  .meta({ id: 'Evidence', description: 'An item of evidence, by its type.' })

function submission<Type extends EvidenceType, Body extends z.ZodType>(
  type: Type,
  body: Body,
  id: string,
) {
  return z.strictObject({ type: z.literal(type), body }).meta({ id })
}
