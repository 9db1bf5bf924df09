import type { NotDone } from '../../../_server/told'
import { INCOMPLETE, textLines, wholeNumber } from './read-evidence'

/** What the form says, in the shape of a rollback plan. Whether it is one is the schema's to say. */
export function readPlan(form: FormData, ownerName: string | null): Record<string, unknown> {
  const answers: Record<string, boolean> = { yes: true, no: false }
  return {
    steps: textLines(String(form.get('steps') ?? '')),
    owner: ownerName ?? '',
    estimated_minutes: wholeNumber(String(form.get('minutes') ?? '').trim()),
    previous_version: form.get('previous_version'),
    tested: answers[String(form.get('tested'))],
  }
}

/** Problems by the name of the field. */
export function toldPlanProblems(issues: readonly { path: readonly PropertyKey[] }[]): NotDone {
  const fields = Object.fromEntries(
    issues.flatMap(({ path: [member] }) => {
      const told = FIELDS[String(member)]
      return told ? [told] : []
    }),
  )
  return { ...INCOMPLETE, fields }
}

/** Member of the body → field of the form, and what to type instead. */
const FIELDS: Record<string, readonly [field: string, sentence: string]> = {
  steps: ['steps', 'Write 1 to 50 steps, each on a line of up to 200 characters.'],
  owner: ['owner', 'Choose who carries it out.'],
  estimated_minutes: ['minutes', 'A whole number of minutes, 1 to 10,080.'],
  previous_version: [
    'previous_version',
    'Name the version it goes back to, in up to 200 characters.',
  ],
  tested: ['tested', 'Say whether these steps were run before.'],
}
