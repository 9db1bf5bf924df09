import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from './bytes'
import { appendLeaves, EMPTY_LOG } from './log'
import { EMPTY_ROOT, leafHash, nodeHash } from './merkle-hash'
import {
  consistencyProof,
  inclusionProof,
  type NodeReader,
  verifyConsistency,
  verifyInclusion,
} from './proof'

/** RFC 6962 section 2.1, 2.1.1 and 2.1.2 word for word, over the leaves themselves. */
function root(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return EMPTY_ROOT
  if (leaves.length === 1) return only
  const k = splitOf(leaves.length)
  return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)))
}

function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  const k = splitOf(leaves.length)
  return m < k
    ? [...path(m, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), root(leaves.slice(0, k))]
}

function subproof(m: number, leaves: readonly Uint8Array[], isWhole: boolean): Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [root(leaves)]
  const k = splitOf(leaves.length)
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), isWhole), root(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), root(leaves.slice(0, k))]
}

function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1))
}

function readerOf(leaves: readonly Uint8Array[]): NodeReader {
  const { nodes } = appendLeaves(EMPTY_LOG, leaves)
  const stored = new Map(nodes.map(({ level, index, hash }) => [`${level}/${index}`, hash]))
  return (level, index) => {
    const hash = stored.get(`${level}/${index}`)
    if (hash === undefined) throw new Error(`Node ${level}/${index} is not stored`)
    return hash
  }
}

function leavesOf(size: number): Uint8Array[] {
  return Array.from({ length: size }, (_, index) => leafHash(Uint8Array.of(index, index >> 8)))
}

function hexes(proof: readonly Uint8Array[]): string[] {
  return proof.map(toHex)
}

function flipped(hash: Uint8Array, bit: number): Uint8Array {
  const changed = hash.slice()
  const at = Math.floor(bit / 8) % hash.length
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8))
  return changed
}

const MAX = 40
const all = leavesOf(MAX)
const read = readerOf(all)

const someIndex = fc
  .integer({ min: 1, max: MAX })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }))
const someSizes = fc
  .integer({ min: 1, max: MAX })
  .chain((now) => fc.record({ now: fc.constant(now), old: fc.nat(now) }))

describe('inclusion proofs', () => {
  test('are those of the definition, for every leaf of every log up to 40', () => {
    for (let size = 1; size <= MAX; size++) {
      const leaves = all.slice(0, size)
      for (const [index, leaf] of leaves.entries()) {
        const proof = inclusionProof(read, index, size)
        expect(hexes(proof)).toEqual(hexes(path(index, leaves)))
        expect(verifyInclusion({ leaf, index, size, root: root(leaves) }, proof)).toBe(true)
      }
    }
  })

  test('hold for no other leaf, place, size, root or proof', () => {
    fc.assert(
      fc.property(someIndex, fc.nat(255), fc.nat(), ({ size, index }, bit, at) => {
        const leaves = all.slice(0, size)
        const claim = { leaf: all[index] ?? EMPTY_ROOT, index, size, root: root(leaves) }
        const proof = inclusionProof(read, index, size)
        expect(verifyInclusion({ ...claim, leaf: flipped(claim.leaf, bit) }, proof)).toBe(false)
        expect(verifyInclusion({ ...claim, root: flipped(claim.root, bit) }, proof)).toBe(false)
        expect(verifyInclusion(claim, [...proof, claim.root])).toBe(false)
        expect(verifyInclusion({ ...claim, index: size }, proof)).toBe(false)
        if (proof.length === 0) return
        const place = at % proof.length
        const changed = proof.map((hash, one) => (one === place ? flipped(hash, bit) : hash))
        expect(verifyInclusion(claim, changed)).toBe(false)
        expect(verifyInclusion(claim, proof.slice(1))).toBe(false)
        expect(verifyInclusion(claim, proof.slice(0, -1))).toBe(false)
        const other = (index + 1 + (at % (size - 1))) % size
        expect(verifyInclusion({ ...claim, index: other }, proof)).toBe(false)
      }),
    )
  })

  test('are never accepted for sizes that are none', () => {
    const claim = { leaf: all[0] ?? EMPTY_ROOT, index: 0, size: 1, root: all[0] ?? EMPTY_ROOT }
    expect(verifyInclusion(claim, [])).toBe(true)
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(verifyInclusion({ ...claim, size: bad }, [])).toBe(false)
      expect(verifyInclusion({ ...claim, index: bad }, [])).toBe(false)
    }
  })

  test('are not made for a leaf that is not there', () => {
    expect(() => inclusionProof(read, 3, 3)).toThrow(RangeError)
    expect(() => inclusionProof(read, -1, 3)).toThrow(RangeError)
  })
})

describe('consistency proofs', () => {
  test('are those of the definition, between every two logs up to 40', () => {
    for (let now = 1; now <= MAX; now++) {
      const leaves = all.slice(0, now)
      for (let old = 1; old <= now; old++) {
        const proof = consistencyProof(read, old, now)
        expect(hexes(proof)).toEqual(hexes(subproof(old, leaves, true)))
        const before = { size: old, root: root(leaves.slice(0, old)) }
        expect(verifyConsistency(before, { size: now, root: root(leaves) }, proof)).toBe(true)
      }
    }
  })

  test('show that every log begins with the empty one', () => {
    const proof = consistencyProof(read, 0, 5)
    const now = { size: 5, root: root(all.slice(0, 5)) }
    expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, now, proof)).toBe(true)
    expect(verifyConsistency({ size: 0, root: now.root }, now, proof)).toBe(false)
  })

  test('hold for no other log and no other proof', () => {
    fc.assert(
      fc.property(someSizes, fc.nat(255), fc.nat(), ({ now, old }, bit, at) => {
        fc.pre(old > 0)
        const leaves = all.slice(0, now)
        const before = { size: old, root: root(leaves.slice(0, old)) }
        const after = { size: now, root: root(leaves) }
        const proof = consistencyProof(read, old, now)
        const forgedOld = { ...before, root: flipped(before.root, bit) }
        const forgedNew = { ...after, root: flipped(after.root, bit) }
        expect(verifyConsistency(forgedOld, after, proof)).toBe(false)
        expect(verifyConsistency(before, forgedNew, proof)).toBe(false)
        expect(verifyConsistency(before, after, [...proof, after.root])).toBe(false)
        if (proof.length === 0) return
        const place = at % proof.length
        const changed = proof.map((hash, one) => (one === place ? flipped(hash, bit) : hash))
        expect(verifyConsistency(before, after, changed)).toBe(false)
        expect(verifyConsistency(before, after, proof.slice(1))).toBe(false)
        expect(verifyConsistency(before, after, proof.slice(0, -1))).toBe(false)
      }),
    )
  })

  test('cannot be made between logs of which one replaced a leaf of the other', () => {
    fc.assert(
      fc.property(someSizes, fc.nat(), ({ now, old }, at) => {
        fc.pre(old > 0)
        const replaced = all.slice(0, now)
        replaced[at % old] = leafHash(Uint8Array.of(1, 2, 3))
        const before = { size: old, root: root(all.slice(0, old)) }
        const after = { size: now, root: root(replaced) }
        const proof = consistencyProof(readerOf(replaced), old, now)
        expect(verifyConsistency(before, after, proof)).toBe(false)
      }),
    )
  })

  test('do not run backwards', () => {
    expect(() => consistencyProof(read, 4, 3)).toThrow(RangeError)
    const [three, four] = [3, 4].map((size) => ({ size, root: root(all.slice(0, size)) }))
    if (three === undefined || four === undefined) throw new Error('two logs')
    expect(verifyConsistency(four, three, [])).toBe(false)
  })
})
