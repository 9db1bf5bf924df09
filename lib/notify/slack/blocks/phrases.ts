import type { CardView } from '#lib/wire/views/slack'
import { bold, cut, said } from './text'

/** Longest name of a person, a caller or an environment in a line. */
export const NAME = 80
/** Of a line in a list. */
export const LINE = 200
/** "deploy.production on production", "payments.payout.create, EUR 48,200.00" */
export function subjectText({ subject, environment }: CardView): string {
  const more = subject.moreToolCount > 0 ? ` and ${subject.moreToolCount} more` : ''
  if (subject.amount !== null) return `${subject.tool}${more}, ${subject.amount}`
  const where = environment.registered ? ` on ${cut(environment.name, NAME)}` : ''
  return `${subject.tool}${more}${where}`
}

/** The first lines of a list, and how many more there are. */
export function shortList(lines: readonly string[], most: number) {
  const shown = lines.slice(0, most).map((line) => [said(cut(line, LINE))])
  const rest = lines.length - shown.length
  return rest > 0 ? [...shown, [said(`And ${rest} more, in the console`)]] : shown
}

export const UNBOUND = [
  bold('No arguments are bound.'),
  said(' You sign the goal and the tool, not a parameter list.'),
]
