import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../contract/json'
import { appendEntries, type Chain, type EntryDraft, verifyChain } from './chain'
import { type AuditEntry, entryHash, genesisHash, type HashedEntry } from './entry'

const STREAM = 'request:req_01'
const EMPTY: Chain = { stream: STREAM, head: null }

const someActor: fc.Arbitrary<EntryDraft['actor']> = fc.oneof(
  fc.constant({ kind: 'system' as const }),
  fc.record({
    kind: fc.constantFrom('person' as const, 'caller' as const),
    id: fc.constant('prs_1'),
  }),
)
const someDraft: fc.Arbitrary<EntryDraft> = fc.record({
  type: fc.constantFrom('vote.cast', 'request.submitted', 'evidence.added'),
  at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  actor: someActor,
  body: fc.dictionary(
    fc.string({ unit: 'grapheme', maxLength: 5 }).filter((key) => key !== '__proto__'),
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(null), fc.boolean()),
  ),
})
const someDrafts = fc.array(someDraft, { minLength: 2, maxLength: 12 })

/** What somebody with write access to the table would do to one entry without touching its hash. */
const someChange: fc.Arbitrary<(entry: HashedEntry) => HashedEntry> = fc.constantFrom(
  (entry: HashedEntry) => ({ ...entry, type: 'something.else' }),
  (entry: HashedEntry) => ({ ...entry, at: '2001-01-01T00:00:00.001Z' }),
  (entry: HashedEntry) => ({ ...entry, actor: { kind: 'person' as const, id: 'prs_other' } }),
  (entry: HashedEntry) => ({ ...entry, body: { ...entry.body, added: 1 } }),
  (entry: HashedEntry) => ({ ...entry, prev: genesisHash('installation') }),
  (entry: HashedEntry) => ({ ...entry, hash: genesisHash('installation') }),
)

function rehashed(entry: AuditEntry): HashedEntry {
  return { ...entry, hash: entryHash(entry) }
}

function firstBad(entries: Iterable<HashedEntry>, chain: Chain = EMPTY) {
  const check = verifyChain(chain, entries)
  return check.ok ? undefined : { ordinal: check.bad.ordinal, fault: check.bad.fault }
}

describe('a chain', () => {
  test('verifies as it was written, and says where it ends', () => {
    fc.assert(
      fc.property(someDrafts, (drafts) => {
        const entries = appendEntries(EMPTY, drafts)
        const last = entries.at(-1)
        expect(verifyChain(EMPTY, entries)).toEqual({
          ok: true,
          chain: { stream: STREAM, head: { ordinal: drafts.length, hash: last?.hash } },
        })
      }),
    )
  })

  test('is the same whether written at once or entry by entry', () => {
    fc.assert(
      fc.property(someDrafts, (drafts) => {
        const oneByOne: HashedEntry[] = []
        for (const draft of drafts) {
          oneByOne.push(
            ...appendEntries({ stream: STREAM, head: oneByOne.at(-1) ?? null }, [draft]),
          )
        }
        expect(oneByOne).toEqual(appendEntries(EMPTY, drafts))
      }),
    )
  })

  test('names the entry that was changed', () => {
    fc.assert(
      fc.property(someDrafts, fc.nat(), someChange, (drafts, at, change) => {
        const entries = appendEntries(EMPTY, drafts)
        const place = at % entries.length
        const changed = entries.map((entry, one) => (one === place ? change(entry) : entry))
        expect(firstBad(changed)).toEqual({ ordinal: place + 1, fault: 'hash' })
      }),
    )
  })

  test('names the entry behind one that was changed and hashed anew', () => {
    fc.assert(
      fc.property(someDrafts, fc.nat(), (drafts, at) => {
        const entries = appendEntries(EMPTY, drafts)
        const place = at % (entries.length - 1)
        const changed = entries.map((entry, one) =>
          one === place ? rehashed({ ...entry, body: { changed: true } }) : entry,
        )
        expect(firstBad(changed)).toEqual({ ordinal: place + 2, fault: 'prev' })
      }),
    )
  })

  test('names the ordinal of an entry that was deleted', () => {
    fc.assert(
      fc.property(someDrafts, fc.nat(), (drafts, at) => {
        const entries = appendEntries(EMPTY, drafts)
        const place = at % (entries.length - 1)
        expect(firstBad(entries.toSpliced(place, 1))).toEqual({
          ordinal: place + 1,
          fault: 'ordinal',
        })
      }),
    )
  })

  test('names the first of two entries that changed places, and one that stands twice', () => {
    fc.assert(
      fc.property(someDrafts, fc.nat(), fc.nat(), (drafts, a, b) => {
        const entries = appendEntries(EMPTY, drafts)
        const [low = 0, high = 1] = [a % entries.length, b % entries.length].sort((x, y) => x - y)
        const one = entries[low]
        const other = entries[high]
        if (one === undefined || other === undefined) throw new Error('both are there')
        const twice = entries.toSpliced(low + 1, 0, one)
        expect(firstBad(twice)).toEqual({ ordinal: low + 2, fault: 'ordinal' })
        if (low === high) return
        const swapped = entries.with(low, other).with(high, one)
        expect(firstBad(swapped)).toEqual({ ordinal: low + 1, fault: 'ordinal' })
      }),
    )
  })

  test('names the first entry whose ordinals were written anew after a deletion', () => {
    fc.assert(
      fc.property(someDrafts, fc.nat(), (drafts, at) => {
        const entries = appendEntries(EMPTY, drafts)
        const place = at % (entries.length - 1)
        const renumbered = entries
          .toSpliced(place, 1)
          .map((entry, one) => rehashed({ ...entry, ordinal: one + 1 }))
        expect(firstBad(renumbered)).toEqual({ ordinal: place + 1, fault: 'prev' })
      }),
    )
  })

  test('shows a cut tail against a head that was kept', () => {
    const entries = appendEntries(EMPTY, [draft('a'), draft('b'), draft('c')])
    const cut = verifyChain(EMPTY, entries.slice(0, 2))
    expect(cut.ok && cut.chain.head).not.toEqual({ ordinal: 3, hash: entries[2]?.hash })
    expect(cut.ok && cut.chain.head).toEqual({ ordinal: 2, hash: entries[1]?.hash })
  })

  test('does not take entries of another stream', () => {
    const other = appendEntries({ stream: 'installation', head: null }, [draft('a')])
    expect(firstBad(other)).toEqual({ ordinal: 1, fault: 'stream' })
    const moved = other.map((entry) => rehashed({ ...entry, stream: STREAM }))
    expect(firstBad(moved)).toEqual({ ordinal: 1, fault: 'prev' })
  })

  test('forks visibly when two writers append to one head', () => {
    const first = appendEntries(EMPTY, [draft('a')])
    const chain = { stream: STREAM, head: first[0] ?? null }
    const [one, two] = [draft('b'), draft('c')].map((next) => appendEntries(chain, [next])[0])
    if (first[0] === undefined || one === undefined || two === undefined) throw new Error('written')
    expect(firstBad([first[0], one, two])).toEqual({ ordinal: 3, fault: 'ordinal' })
    expect(firstBad([first[0], one, rehashed({ ...two, ordinal: 3 })])).toEqual({
      ordinal: 3,
      fault: 'prev',
    })
  })

  test('goes on from a head that was verified before', () => {
    const entries = appendEntries(EMPTY, [draft('a'), draft('b'), draft('c')])
    const chain = { stream: STREAM, head: entries[0] ?? null }
    expect(verifyChain(chain, entries.slice(1)).ok).toBe(true)
    expect(firstBad(entries.slice(2), chain)).toEqual({ ordinal: 2, fault: 'ordinal' })
  })
})

describe('what is appended', () => {
  test.each<[string, Partial<EntryDraft>]>([
    ['a person without an id', { actor: { kind: 'person' } }],
    ['a caller with an empty id', { actor: { kind: 'caller', id: '' } }],
    ['a type that is no name', { type: 'Vote cast' }],
    ['a time that is none', { at: Number.NaN }],
    ['a body that is no object', { body: [] as unknown as JsonObject }],
  ])('is never %s', (_, change) => {
    expect(() => appendEntries(EMPTY, [{ ...draft('a'), ...change }])).toThrow(RangeError)
  })

  test('is never of a stream without a proper name', () => {
    expect(() => appendEntries({ stream: 'Not a stream', head: null }, [draft('a')])).toThrow(
      RangeError,
    )
  })

  test('is never what JSON cannot hold', () => {
    const body = { text: '\ud800' }
    expect(() => appendEntries(EMPTY, [{ ...draft('a'), body }])).toThrow(TypeError)
  })
})

function draft(text: string): EntryDraft {
  return { type: 'note.added', at: 1_771_000_000_123, actor: { kind: 'system' }, body: { text } }
}
