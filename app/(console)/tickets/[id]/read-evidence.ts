import type { NotDone } from '../../../_server/told'
import { EVIDENCE_FIELDS, type EvidenceField, type FormedType } from './evidence-fields'

/** What a form says, in the shape of the item's body. Whether it is one is the schema's to say. */
export function readEvidence(type: FormedType, form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    EVIDENCE_FIELDS[type].flatMap((field) => {
      const text = String(form.get(field.name) ?? '').trim()
      return field.isOptional && text === '' ? [] : [[field.name, READERS[field.kind](text)]]
    }),
  )
}

const READERS: Record<EvidenceField['kind'], (text: string) => unknown> = {
  text: (text) => text,
  bytes: (text) => text,
  area: (text) => text,
  time: (text) => text,
  lines: textLines,
  number: wholeNumber,
  yes_no: (text) => ({ yes: true, no: false })[text],
}

/** Problems by the name of the field. */
export function toldEvidenceProblems(
  type: FormedType,
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
): NotDone {
  const fields = EVIDENCE_FIELDS[type].flatMap(({ name, problem }) => {
    const issue = issues.find(({ path: [member] }) => member === name)
    return issue ? [[name, problem ?? issue.message]] : []
  })
  return { ...INCOMPLETE, fields: Object.fromEntries(fields) }
}

export const INCOMPLETE: NotDone = {
  ok: false,
  title: 'It is not complete',
  text: 'Nothing was attached yet.',
}

/** Lines that say something. */
export function textLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** null for anything else, which no schema takes for a number. */
export function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}
