import { isJsonObject, type Json, pointer } from '../contract/json'

/**
 * Where two JSON values first differ: a JSON Pointer (RFC 6901), '' for the whole, or undefined when they are equal.
 * Order of members does not matter, order of items does. Absent equals only absent: null, {} and a member whose value
 * is undefined are something else.
 */
export function firstDifference(
  a: Json | undefined,
  b: Json | undefined,
  path = '',
): string | undefined {
  if (a === undefined || b === undefined) return a === b ? undefined : path
  if (Array.isArray(a) && Array.isArray(b)) return firstItem(a, b, path)
  if (isJsonObject(a) && isJsonObject(b)) return firstMember(a, b, path)
  // NaN is no JSON, so it equals nothing; -0 and 0 are one number (RFC 8785 writes both as 0).
  return a === b ? undefined : path
}

function firstItem(a: Json[], b: Json[], path: string): string | undefined {
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const item = pointer(path, index)
    if (index >= a.length || index >= b.length) return item
    const found = differenceAt(a[index], b[index], item)
    if (found !== undefined) return found
  }
  return undefined
}

function firstMember(
  a: Record<string, Json>,
  b: Record<string, Json>,
  path: string,
): string | undefined {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  for (const name of names) {
    const member = pointer(path, name)
    // Own members only: `constructor` and its like are not in the data.
    if (!Object.hasOwn(a, name) || !Object.hasOwn(b, name)) return member
    const found = differenceAt(a[name], b[name], member)
    if (found !== undefined) return found
  }
  return undefined
}

/** Inside a value nothing can be absent: undefined there is not JSON and equals nothing. */
function differenceAt(a: Json | undefined, b: Json | undefined, path: string): string | undefined {
  return a === undefined || b === undefined ? path : firstDifference(a, b, path)
}
