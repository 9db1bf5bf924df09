import type { EvidenceType } from '#lib/wire/evidence'

/** What one member of an item's body is asked for with. The body's shape itself is lib/wire/evidence's to say. */
export interface EvidenceField {
  /** Member of the body. */
  name: string
  label: string
  kind: 'text' | 'bytes' | 'area' | 'lines' | 'number' | 'time' | 'yes_no'
  /** What to type instead, when it was not accepted. Without one the shape's own words are good enough. */
  problem?: string
  hint?: string
  /** Sixths of the form's row. */
  width?: 2 | 3
  /** Left out of the body where nothing was typed. */
  isOptional?: true
  /** May be empty, and is part of the body all the same. */
  isUnasked?: true
}

/** The types that a plain form gives. A rollback plan and a file have forms of their own. */
export type FormedType = Exclude<EvidenceType, 'rollback_plan' | 'attachment'>

const SHORT = 'Write up to 200 characters.'
const LONG = 'Write up to 4,000 characters.'
const WHOLE = 'A whole number, 0 or more.'

export const EVIDENCE_FIELDS: Record<FormedType, readonly EvidenceField[]> = {
  change_record: [
    { name: 'system', label: 'System', kind: 'text', width: 2, problem: SHORT },
    { name: 'id', label: 'Its number there', kind: 'bytes', width: 2, problem: SHORT },
    { name: 'url', label: 'Address', kind: 'bytes', width: 2, hint: 'Begins with https://' },
  ],
  test_results: [
    { name: 'summary', label: 'What was tested', kind: 'area', problem: LONG },
    { name: 'passed', label: 'Passed', kind: 'number', width: 2, problem: WHOLE },
    { name: 'failed', label: 'Failed', kind: 'number', width: 2, problem: WHOLE },
    {
      name: 'url',
      label: 'Address of the report, if there is one',
      kind: 'bytes',
      width: 2,
      hint: 'Begins with https://',
      isOptional: true,
    },
  ],
  backup: [
    { name: 'location', label: 'Where it is', kind: 'bytes', width: 3, problem: SHORT },
    {
      name: 'taken_at',
      label: 'When it was taken',
      kind: 'time',
      width: 3,
      problem: 'Choose the day and the time.',
    },
    {
      name: 'restore_tested',
      label: 'Was restoring it tried?',
      kind: 'yes_no',
      width: 3,
      problem: 'Say whether it was tried.',
    },
  ],
  impact_analysis: [
    { name: 'summary', label: 'What changes for whom', kind: 'area', problem: LONG },
    {
      name: 'affected',
      label: 'Who or what is affected, one a line',
      kind: 'lines',
      hint: 'Leave it empty if nobody and nothing is.',
      isUnasked: true,
      problem: 'Up to 50 lines of up to 200 characters.',
    },
  ],
  note: [{ name: 'text', label: 'Note', kind: 'area', problem: LONG }],
}

export function isFormedType(type: string): type is FormedType {
  return Object.hasOwn(EVIDENCE_FIELDS, type)
}
