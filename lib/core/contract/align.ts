import { canonical } from './canonical'
import { isJsonObject, type Json } from './json'

/** Places in two lists that belong together; null where one list has nothing there. */
type Pairs = [number | null, number | null][]

/** Lists whose product of lengths is larger are matched by place between their common ends: the page has to come. */
const MOST_CELLS = 250_000

const NAMING = ['id', 'name', 'key'] as const

/**
 * Matches the items of two lists, in the order of both: what is equal first, then objects that carry the same `id`,
 * `name` or `key`, then by place.
 */
export function align(old: readonly Json[], fresh: readonly Json[]): Pairs {
  const a = old.map((item) => canonical(item))
  const b = fresh.map((item) => canonical(item))
  return between(common(a, b), a.length, b.length).flatMap((gap) => {
    if ('pair' in gap) return [gap.pair]
    const names = (items: readonly Json[], from: number, to: number) =>
      items.slice(from, to).map((item, at) => nameOf(item) ?? `${from}-${at}`)
    const [[fromA, toA], [fromB, toB]] = [gap.a, gap.b]
    const named = common(names(old, fromA, toA), names(fresh, fromB, toB).map(apart))
    return between(named, toA - fromA, toB - fromB)
      .flatMap((inner) => ('pair' in inner ? [inner.pair] : byPlace(inner)))
      .map(([x, y]): Pairs[number] => [
        x === null ? null : x + fromA,
        y === null ? null : y + fromB,
      ])
  })
}

/** A nameless item of one list must not meet a nameless item of the other by its number. */
function apart(name: string): string {
  return name.startsWith('=') ? name : `new ${name}`
}

function nameOf(item: Json): string | null {
  if (!isJsonObject(item)) return null
  const naming = NAMING.find((member) => Object.hasOwn(item, member))
  return naming === undefined ? null : `=${naming} ${canonical(item[naming])}`
}

type Gap = { pair: [number, number] } | { a: [number, number]; b: [number, number] }

/** The pairs, and the stretches between them that have none. */
function between(pairs: [number, number][], lengthA: number, lengthB: number): Gap[] {
  const out: Gap[] = []
  let [a, b] = [0, 0]
  for (const pair of [...pairs, [lengthA, lengthB] as [number, number]]) {
    if (pair[0] > a || pair[1] > b) out.push({ a: [a, pair[0]], b: [b, pair[1]] })
    if (pair[0] < lengthA && pair[1] < lengthB) out.push({ pair })
    ;[a, b] = [pair[0] + 1, pair[1] + 1]
  }
  return out
}

function byPlace({ a: [fromA, toA], b: [fromB, toB] }: Extract<Gap, { a: unknown }>): Pairs {
  const length = Math.max(toA - fromA, toB - fromB)
  return Array.from({ length }, (_, at) => [
    fromA + at < toA ? fromA + at : null,
    fromB + at < toB ? fromB + at : null,
  ])
}

/** Longest common subsequence, between what both lists begin and end with. */
function common(a: readonly string[], b: readonly string[]): [number, number][] {
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === b[start]) start += 1
  let end = 0
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const first = Array.from({ length: start }, (_, at): [number, number] => [at, at])
  const last = Array.from({ length: end }, (_, at): [number, number] => [
    a.length - end + at,
    b.length - end + at,
  ])
  const inner = longest(a.slice(start, a.length - end), b.slice(start, b.length - end))
  return [...first, ...inner.map(([x, y]): [number, number] => [x + start, y + start]), ...last]
}

function longest(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length * b.length > MOST_CELLS) return []
  const width = b.length + 1
  // lengths[x * width + y]: longest of a from x on and b from y on.
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (x: number, y: number) => lengths[x * width + y] ?? 0
  for (let x = a.length - 1; x >= 0; x -= 1) {
    for (let y = b.length - 1; y >= 0; y -= 1) {
      const best = a[x] === b[y] ? at(x + 1, y + 1) + 1 : Math.max(at(x + 1, y), at(x, y + 1))
      lengths[x * width + y] = best
    }
  }
  const out: [number, number][] = []
  let [x, y] = [0, 0]
  while (x < a.length && y < b.length) {
    if (a[x] === b[y]) out.push([x++, y++])
    else if (at(x + 1, y) >= at(x, y + 1)) x += 1
    else y += 1
  }
  return out
}
