import { describe, expect, it } from 'vitest'
import { canonical } from '#lib/core/contract/canonical'
import type { JsonObject } from '#lib/core/contract/json'
import { testDatabase } from '../test/database'
import { closedAnew, firstBad, parsed } from '../test/record-lines'
import { placeOf, records } from '../test/records'
import { world } from '../test/world'

const { url } = await testDatabase()
const w = await world(url)
const { told, good } = await records(w)

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The lines of a file's bytes, as sdk/cli/audit/read-lines.ts reads them. */
function linesOf(bytes: Buffer): string[] {
  const lines: string[] = []
  let start = 0
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    lines.push(decoded(bytes.subarray(start, end)))
    start = end + 1
  }
  return start < bytes.length ? [...lines, decoded(bytes.subarray(start))] : lines
}

function decoded(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return ''
  }
}

/** Seeded, so that a failure comes again (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Place {
  /** Of the byte in the file. */
  at: number
  /** Of its line, from 0. */
  line: number
}

function placesIn(lines: readonly string[]): Place[] {
  const places: Place[] = []
  let at = 0
  for (const [line, text] of lines.entries()) {
    const end = at + Buffer.byteLength(text) + 1
    for (; at < end; at++) places.push({ at, line })
  }
  return places
}

/** A flipped byte of this line and the line that has to be named: of a proof, the checkpoint that no longer fits. */
function namedFor(lines: readonly string[], line: number): number[] {
  const { kind } = parsed(lines[line])
  const next = lines.findIndex((text, at) => at > line && parsed(text).kind === 'checkpoint')
  if (kind === 'leaf' || kind === 'range') return [line, next]
  return [line]
}

describe('a record with one byte changed', { timeout: 180_000 }, () => {
  const bytes = Buffer.from(`${good.join('\n')}\n`)
  const next = random(20260314)
  const vote = placeOf(good, `request:${told.requestId}`, 'vote.cast')
  const binding = placeOf(good, `person:${w.mara.id}`, 'factor.added')
  const every = new Set([vote, binding])
  const [header = '', end = good.length - 1] = [good[0], good.length - 1]

  /** All bytes of the vote with its receipt and of the key binding, and of every line a seeded sample. */
  const places = placesIn(good).filter(({ line }) => every.has(line) || next() < 500 / bytes.length)

  it('fails at every place, and names the line', async () => {
    const missed: unknown[] = []
    for (const { at, line } of places) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(next() * 8))
      const bad = await firstBad(linesOf(changed))
      const named = bad?.line === undefined ? -1 : bad.line - 1
      const isNamed = line === 0 || line === end || namedFor(good, line).includes(named)
      if (bad === undefined || !isNamed) missed.push({ at, line, bad })
    }
    expect(places.length).toBeGreaterThan(2_500)
    expect(missed).toEqual([])
  })

  it('names the vote for every byte of its receipt', async () => {
    const { receipt } = parsed(good[vote]) as { receipt: JsonObject }
    const text = canonical(receipt)
    const missed: unknown[] = []
    for (const name of Object.keys(receipt)) {
      const value = canonical(receipt[name])
      const from = text.indexOf(`${canonical(name)}:${value}`)
      expect(from).toBeGreaterThanOrEqual(0)
      for (let at = from; at < from + value.length; at++) {
        const other = text.at(at) === 'A' ? 'B' : 'A'
        const flipped = `${text.slice(0, at)}${other}${text.slice(at + 1)}`
        const line = (good[vote] ?? '').replace(text, () => flipped)
        const bad = await firstBad(good.with(vote, line))
        if (bad?.line !== vote + 1) missed.push({ name, at, bad })
      }
    }
    expect(missed).toEqual([])
  })

  it('that whoever changed it closed anew shows too, but for names, the time of writing and keys of tokens', async () => {
    const immaterial: string[] = []
    const parts = JSON.parse(header) as JsonObject
    for (let at = 0; at < header.length; at++) {
      const flipped = `${header.slice(0, at)}${header.at(at) === 'x' ? 'y' : 'x'}${header.slice(at + 1)}`
      const bad = await firstBad(closedAnew(good.with(0, flipped)))
      if (bad === undefined) immaterial.push(changedMember(parts, JSON.parse(flipped)))
    }
    expect(new Set(immaterial)).toEqual(new Set(['exported_at', 'jwks', 'record.names']))
  })
})

function changedMember(before: JsonObject, after: JsonObject): string {
  const differs = (a: unknown, b: unknown) => canonical(a ?? null) !== canonical(b ?? null)
  const name = Object.keys(before).find((one) => differs(before[one], after[one])) ?? 'none'
  if (name !== 'record') return name
  const [a, b] = [before['record'] as JsonObject, after['record'] as JsonObject]
  return `record.${Object.keys(a).find((one) => differs(a[one], b[one]))}`
}
