import type { z } from 'zod'

/** What a member of a routing takes, for people: where its shape has no words of its own. */
export function routingWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { path = [], input } = issue
  const member = path.findLast((key) => typeof key === 'string') ?? 'A routing'
  switch (issue.code) {
    case 'invalid_type':
      if (input === undefined) return `${member} is missing.`
      return `${member} takes ${TYPES[issue.expected] ?? 'something else'}.`
    case 'invalid_value':
      return `${member} takes ${issue.values.map(String).join(', ')}.`
    case 'too_small':
      return `${member} takes at least ${amount(issue.minimum, issue.origin)}.`
    case 'too_big':
      return `${member} takes at most ${amount(issue.maximum, issue.origin)}.`
    default:
      return undefined
  }
}

const TYPES: Record<string, string> = {
  array: 'a list, such as [one, another]',
  object: 'settings, each as name: value',
  boolean: 'true or false',
  number: 'a whole number',
  int: 'a whole number',
  string: 'text',
}

function amount(count: number | bigint, origin: string): string {
  const [one, more] = UNITS[origin] ?? []
  const unit = count === 1 ? one : more
  return unit === undefined ? String(count) : `${count} ${unit}`
}

const UNITS: Record<string, readonly [one: string, more: string]> = {
  array: ['entry', 'entries'],
  string: ['character', 'characters'],
}
