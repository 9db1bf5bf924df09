import type { FieldProblem } from '../refusals'
import { isJsonObject, type Json, pointer } from './json'

/** Looks at one value and reports what is wrong with it. */
export type Check = (value: Json, path: string, report: Report) => void

export type Report = (path: string, code: string, message: string) => void

/** Problems told at once. More would help nobody and make a large answer to a small request. */
const MOST_PROBLEMS = 50

/** Runs a check and lists its problems, in the order in which they were met. */
export function problemsOf(check: Check, value: Json): FieldProblem[] {
  const problems: FieldProblem[] = []
  check(value, '', (path, code, message) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ path, code, message })
  })
  return problems
}

/** A text of 1 to `max` UTF-16 units that is not only white space. */
export function text(what: string, max: number): Check {
  return (value, path, report) => {
    if (typeof value !== 'string') return report(path, 'wrong_type', `${what} must be a text.`)
    if (value.trim() === '') return report(path, 'empty', `${what} must not be empty.`)
    if (value.length > max) {
      report(path, 'too_long', `${what} is ${value.length} characters long; at most ${max}.`)
    }
  }
}

/** A text of a strict character set. */
export function name(what: string, max: number, pattern: RegExp, allowed: string): Check {
  const isText = text(what, max)
  return (value, path, report) => {
    isText(value, path, report)
    if (typeof value === 'string' && value.trim() !== '' && !pattern.test(value)) {
      report(path, 'bad_characters', `${what} may hold ${allowed}.`)
    }
  }
}

/** An array of `min` to `max` items, each of which passes `each`. */
export function list(what: string, min: number, max: number, each: Check): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report(path, 'wrong_type', `${what} must be an array.`)
    if (value.length < min) report(path, 'too_few', `${what} must hold at least ${min}.`)
    if (value.length > max) {
      return report(path, 'too_many', `${what} holds ${value.length} items; at most ${max}.`)
    }
    for (const [index, item] of value.entries()) each(item, pointer(path, index), report)
  }
}

/** No two items of an array have the same key. `keyOf` returns undefined for items that another check refuses. */
export function distinct(message: string, keyOf: (item: Json) => string | undefined): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return
    const seen = new Set<string>()
    for (const [index, item] of value.entries()) {
      const key = keyOf(item)
      if (key === undefined) continue
      if (seen.has(key)) report(pointer(path, index), 'duplicate', message)
      seen.add(key)
    }
  }
}

/** An object of at most `max` members with any names; `each` looks at the values. */
export function record(what: string, max: number, each: Check): Check {
  return (value, path, report) => {
    if (!isJsonObject(value)) return report(path, 'wrong_type', `${what} must be an object.`)
    const members = Object.entries(value)
    if (members.length > max) {
      return report(path, 'too_many', `${what} holds ${members.length} members; at most ${max}.`)
    }
    for (const [key, item] of members) each(item, pointer(path, key), report)
  }
}

export type Members = Record<string, { check: Check; isRequired?: boolean }>

/** An object with these members and no others. */
export function members(what: string, table: Members): Check {
  return (value, path, report) => {
    if (!isJsonObject(value)) return report(path, 'wrong_type', `${what} must be an object.`)
    for (const [key, { check, isRequired }] of Object.entries(table)) {
      const member = Object.hasOwn(value, key) ? value[key] : undefined
      if (member !== undefined) check(member, pointer(path, key), report)
      else if (isRequired) report(pointer(path, key), 'missing', `${what} needs ${key}.`)
    }
    for (const key of Object.keys(value).filter((key) => !Object.hasOwn(table, key))) {
      report(pointer(path, key), 'unknown_field', `${what} has no such member, so it is refused.`)
    }
  }
}

/** Each check in turn looks at the same value. */
export function all(...checks: Check[]): Check {
  return (value, path, report) => {
    for (const check of checks) check(value, path, report)
  }
}

export const anything: Check = () => undefined
