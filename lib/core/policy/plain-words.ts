import { dayNumberAt } from './spans'
import type { ApprovalTree } from './types'
import { localTime } from './zone-clock'

/** What policy names are called, and the clock on the reader's wall. */
export interface Names {
  /** Epoch ms at which it is read. */
  now: number
  /** IANA zone that the reader's times are in. */
  zone: string
  /** What one member of a group is called, by group: "Release manager". */
  groupLabels: Readonly<Record<string, string>>
}

const SMALL_NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']
const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `2` as `two`; larger numbers stay figures. */
export function numberWord(count: number): string {
  return SMALL_NUMBERS[count] ?? String(count)
}

/** A name of the policy's as people read it: `rollback_plan` → `rollback plan`. */
export function plainName(name: string): string {
  return name.replaceAll('_', ' ')
}

/** `rollback plan` → `Rollback plan` */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** `release manager`, `two release managers`: a group's label inside a sentence. */
export function memberWords(group: string, count: number, names: Names): string {
  const known = Object.hasOwn(names.groupLabels, group) ? names.groupLabels[group] : undefined
  const label = midSentence(known ?? `member of ${plainName(group)}`)
  return count === 1 ? label : plural(label)
}

/** `one release manager and two data stewards` */
export function approverWords(tree: ApprovalTree, names: Names): string {
  if ('group' in tree) {
    return `${numberWord(tree.count)} ${memberWords(tree.group, tree.count, names)}`
  }
  const [children, word] =
    'all' in tree ? ([tree.all, 'and'] as const) : ([tree.any, 'or'] as const)
  const parts = children.map((child) => {
    const words = approverWords(child, names)
    return 'group' in child ? words : `(${words})`
  })
  return listed(parts, word)
}

/** `a, b and c` */
export function listed(parts: readonly string[], word: 'and' | 'or'): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`
}

/** `17:00` today, `Tue 09:00` within the week, `Tue 17 Mar 09:00` further off; the year only when it is another. */
export function timeWords(at: number, { now, zone }: Names): string {
  const { year, month, day, hour, minute } = localTime(zone, at)
  const clock = `${twoDigits(hour)}:${twoDigits(minute)}`
  const days = dayNumberAt(zone, at) - dayNumberAt(zone, now)
  if (days === 0) return clock
  const weekday = DAYS[((dayNumberAt(zone, at) % 7) + 7) % 7] ?? ''
  if (days > 0 && days < 7) return `${weekday} ${clock}`
  const otherYear = localTime(zone, now).year === year ? '' : ` ${year}`
  return `${weekday} ${day} ${MONTHS[month - 1] ?? ''}${otherYear} ${clock}`
}

/** Labels begin with a capital; inside a sentence only abbreviations keep it. */
function midSentence(label: string): string {
  return /^[A-Z](?![A-Z])/.test(label) ? label.slice(0, 1).toLowerCase() + label.slice(1) : label
}

function plural(label: string): string {
  if (label.startsWith('member of ')) return label.replace('member', 'members')
  return /[^aeiou]y$/.test(label) ? `${label.slice(0, -1)}ies` : `${label}s`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
