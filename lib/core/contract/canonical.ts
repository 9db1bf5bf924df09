/** Half of a surrogate pair without the other half: such a text has no UTF-8 form. */
export const LONE_SURROGATE = /[\ud800-\udfff]/u

/**
 * Serialises a JSON value by the JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, numbers and
 * strings as ECMAScript writes them, no white space. Equal values give equal bytes, whatever order they were built in.
 *
 * Takes `unknown` because hashed documents are declared as interfaces; what is not JSON is a fault.
 * @throws TypeError on `undefined`, a non-finite number, a lone surrogate, or anything else that is not a JSON value
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalText(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`)
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value)
    default:
      throw new TypeError(`A ${typeof value} is not a JSON value`)
  }
}

/** ECMAScript's own string form is the canonical one (RFC 8785, 3.2.2.2), but it would write half a pair as an escape. */
export function canonicalText(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('A text holds a lone surrogate')
  return JSON.stringify(text)
}

/** Sorted by UTF-16 code units (RFC 8785, 3.2.3), which is how ECMAScript compares strings. */
export function canonicalKeys(value: object): string[] {
  return Object.keys(value).sort()
}

function canonicalArray(items: readonly unknown[]): string {
  // Array.from visits holes as undefined, so a sparse array is a fault and not a shorter text.
  return `[${Array.from(items, canonical).join(',')}]`
}

function canonicalObject(value: object): string {
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    throw new TypeError('Only plain objects and arrays are JSON values')
  }
  const members = new Map<string, unknown>(Object.entries(value))
  const texts = canonicalKeys(value).map(
    (key) => `${canonicalText(key)}:${canonical(members.get(key))}`,
  )
  return `{${texts.join(',')}}`
}
