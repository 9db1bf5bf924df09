import { align } from './align'
import { canonical, canonicalKeys, canonicalText } from './canonical'
import { isJsonObject, type Json, type JsonObject } from './json'

/** One member or item of a hashed document, on a line of its own. */
export type DifferenceLine = {
  /** `same` stands in both texts, `old` only in the first, `new` only in the second. */
  side: 'same' | 'old' | 'new'
  /** Levels of nesting, for reading alone. */
  indent: number
  before: string
  /** The characters that differ from the line it is paired with; all of it where there is none, '' in a line that is the same. */
  changed: string
  after: string
  /** Commas and closing brackets behind it: they say what follows, not what is asked, and may differ in a line that is the same. */
  oldTail: string
  newTail: string
}

export type Difference = {
  lines: DifferenceLine[]
  /** How many lines are only in one of the texts. */
  changedCount: number
}

/**
 * What differs between two hashed documents (JCS texts), a member or item a line, in the order of both. Members are matched
 * by name, items of a list by what they are, then by `id`, `name` or `key`, then by place. Read back with `textOf`, the
 * lines are exactly the two texts: that is checked here, each time.
 * @throws Error when a text is not the canonical form of a document
 */
export function difference(oldText: string, newText: string): Difference {
  const walk = new Walk()
  walk.pair(parsed(oldText), parsed(newText), ROOT)
  const lines = walk.finish()
  const found = { lines, changedCount: lines.filter(({ side }) => side !== 'same').length }
  if (textOf(found, 'old') !== oldText || textOf(found, 'new') !== newText) {
    throw new Error('The texts are not in canonical form, so they cannot be compared')
  }
  return found
}

/** One of the two texts, read back from the lines. */
export function textOf({ lines }: Pick<Difference, 'lines'>, which: 'old' | 'new'): string {
  const other = which === 'old' ? 'new' : 'old'
  return lines
    .filter(({ side }) => side !== other)
    .map((line) => {
      const tail = which === 'old' ? line.oldTail : line.newTail
      return line.before + line.changed + line.after + tail
    })
    .join('')
}

/** Where a value stands: what comes before it on its line, how deep, and what follows it in each text. */
type Place = { head: string; depth: number; oldTail: string; newTail: string }

const ROOT: Place = { head: '', depth: 0, oldTail: '', newTail: '' }

/** A member or item: its name with the colon, and what stands behind it. */
type Child = { head: string; value: Json; tail: string }

class Walk {
  private readonly lines: DifferenceLine[] = []

  finish(): DifferenceLine[] {
    return this.lines
  }

  pair(old: Json, fresh: Json, place: Place): void {
    if (isSpread(old) && isSpread(fresh) && Array.isArray(old) === Array.isArray(fresh)) {
      this.put('same', place, opening(old))
      this.children(old, fresh, place)
      return
    }
    if (!isSpread(old) && !isSpread(fresh)) this.leaves(canonical(old), canonical(fresh), place)
    else {
      this.only('old', old, place)
      this.only('new', fresh, place)
    }
  }

  private children(old: Json, fresh: Json, place: Place): void {
    const from = withTails(old, place.oldTail)
    const to = withTails(fresh, place.newTail)
    for (const [a, b] of matches(old, from, to)) {
      this.child(a === null ? undefined : from[a], b === null ? undefined : to[b], place.depth + 1)
    }
  }

  private child(gone: Child | undefined, come: Child | undefined, depth: number): void {
    const place = {
      head: (come ?? gone)?.head ?? '',
      depth,
      oldTail: gone?.tail ?? '',
      newTail: come?.tail ?? '',
    }
    if (gone && come) this.pair(gone.value, come.value, place)
    else if (gone) this.only('old', gone.value, place)
    else if (come) this.only('new', come.value, place)
  }

  /** A value with everything in it that the other text does not have. */
  private only(side: 'old' | 'new', value: Json, place: Place): void {
    if (!isSpread(value)) {
      this.put(side, place, canonical(value), true)
      return
    }
    this.put(side, { ...place, oldTail: '', newTail: '' }, opening(value))
    const tail = side === 'old' ? 'oldTail' : 'newTail'
    for (const child of withTails(value, place[tail])) {
      const inside = { head: child.head, depth: place.depth + 1, oldTail: '', newTail: '' }
      this.only(side, child.value, { ...inside, [tail]: child.tail })
    }
  }

  private leaves(old: string, fresh: string, place: Place): void {
    if (old === fresh) {
      this.put('same', place, old, true)
      return
    }
    const { before, from, to, after } = commonEnds(old, fresh)
    const { head, depth } = place
    const both = { indent: depth, before: head + before, after }
    this.lines.push(
      { ...both, side: 'old', changed: from, oldTail: place.oldTail, newTail: '' },
      { ...both, side: 'new', changed: to, oldTail: '', newTail: place.newTail },
    )
  }

  /** An opening bracket has no tail: what follows it stands on the lines below. */
  private put(side: DifferenceLine['side'], place: Place, text: string, hasTail = false): void {
    const whole = place.head + text
    this.lines.push({
      side,
      indent: place.depth,
      before: side === 'same' ? whole : '',
      changed: side === 'same' ? '' : whole,
      after: '',
      oldTail: hasTail && side !== 'new' ? place.oldTail : '',
      newTail: hasTail && side !== 'old' ? place.newTail : '',
    })
  }
}

function parsed(text: string): Json {
  const value: Json = JSON.parse(text)
  return value
}

/** Whether the members or items of a value have lines of their own. */
function isSpread(value: Json): value is Json[] | JsonObject {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0
}

function opening(value: Json): string {
  return Array.isArray(value) ? '[' : '{'
}

function closing(value: Json): string {
  return Array.isArray(value) ? ']' : '}'
}

/** `tail` is what follows the whole value: the last of its members is followed by the closing bracket and that. */
function withTails(value: Json, tail: string): Child[] {
  const children = childrenOf(value)
  const last = closing(value) + tail
  return children.map((child, at) => ({ ...child, tail: at < children.length - 1 ? ',' : last }))
}

function childrenOf(value: Json): Omit<Child, 'tail'>[] {
  if (Array.isArray(value)) return value.map((item) => ({ head: '', value: item }))
  if (!isJsonObject(value)) return []
  return canonicalKeys(value).map((key) => ({
    head: `${canonicalText(key)}:`,
    value: value[key] ?? null,
  }))
}

/** Pairs of places, null where one side has nothing; in the order of both. */
function matches(of: Json, from: Child[], to: Child[]): [number | null, number | null][] {
  if (!Array.isArray(of)) return membersByName(from, to)
  return align(
    from.map(({ value }) => value),
    to.map(({ value }) => value),
  )
}

/** Both lists are sorted by name, so one pass meets every name. */
function membersByName(from: Child[], to: Child[]): [number | null, number | null][] {
  const inNew = new Map(to.map(({ head }, at) => [head, at]))
  const out: [number | null, number | null][] = []
  let next = 0
  for (const [a, { head }] of from.entries()) {
    const b = inNew.get(head)
    if (b === undefined) {
      out.push([a, null])
      continue
    }
    while (next < b) out.push([null, next++])
    out.push([a, b])
    next = b + 1
  }
  while (next < to.length) out.push([null, next++])
  return out
}

/** What two texts have in common at both ends. A character is never cut in half, nor an escape of JSON. */
export function commonEnds(
  old: string,
  fresh: string,
): { before: string; from: string; to: string; after: string } {
  const a = characters(old)
  const b = characters(fresh)
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === b[start]) start += 1
  let end = 0
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  return {
    before: a.slice(0, start).join(''),
    from: a.slice(start, a.length - end).join(''),
    to: b.slice(start, b.length - end).join(''),
    after: a.slice(a.length - end).join(''),
  }
}

const CHARACTER = /\\u[0-9a-f]{4}|\\.|./gsu

function characters(text: string): string[] {
  return text.match(CHARACTER) ?? []
}
