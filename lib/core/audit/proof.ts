import { equalBytes } from './bytes'
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './merkle-hash'

/** Reads a final node of the log (see LogNode): leaves are level 0. Throws when the node is not stored. */
export type NodeReader = (level: number, index: number) => Uint8Array

/**
 * The audit path of one leaf in the log of `size` leaves (RFC 6962 section 2.1.1), nearest sibling first.
 * Reads O(log² n) nodes.
 * @throws RangeError when there is no such leaf
 */
export function inclusionProof(read: NodeReader, index: number, size: number): Uint8Array[] {
  assertSizes(index, size)
  if (index >= size) throw new RangeError(`Leaf ${index} is not in a log of ${size}`)
  const path: Uint8Array[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + split(end - start)
    const inLeft = index < middle
    path.push(inLeft ? subtreeRoot(read, middle, end) : subtreeRoot(read, start, middle))
    if (inLeft) end = middle
    else start = middle
  }
  return path.reverse()
}

/**
 * Proof that the log of `newSize` begins with the log of `oldSize` (RFC 6962 section 2.1.2).
 * Empty when the sizes are equal or the old log is empty.
 * @throws RangeError when the old size is larger
 */
export function consistencyProof(read: NodeReader, oldSize: number, newSize: number): Uint8Array[] {
  assertSizes(oldSize, newSize)
  if (oldSize > newSize) throw new RangeError(`A log of ${newSize} never was one of ${oldSize}`)
  if (oldSize === 0 || oldSize === newSize) return []
  const proof: Uint8Array[] = []
  let start = 0
  let end = newSize
  while (oldSize !== end) {
    const middle = start + split(end - start)
    const inLeft = oldSize <= middle
    proof.push(inLeft ? subtreeRoot(read, middle, end) : subtreeRoot(read, start, middle))
    if (inLeft) end = middle
    else start = middle
  }
  // Where the old log is a whole subtree from the left edge on, its root is known to who verifies.
  if (start > 0) proof.push(subtreeRoot(read, start, end))
  return proof.reverse()
}

/** Whether `leaf` is the leaf number `index` of the log with this size and root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(
  claim: { leaf: Uint8Array; index: number; size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!areSizes(claim.index, claim.size) || claim.index >= claim.size) return false
  if (claim.leaf.length !== HASH_BYTES || !areHashes(proof)) return false
  const siblings = withSides(claim.index, claim.size - 1, proof)
  if (siblings === undefined) return false
  const root = siblings.reduce(
    (node, { hash, isLeft }) => (isLeft ? nodeHash(hash, node) : nodeHash(node, hash)),
    claim.leaf,
  )
  return equalBytes(root, claim.root)
}

/** Whether the log with the new size and root begins with the one with the old size and root (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(
  old: { size: number; root: Uint8Array },
  now: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!areSizes(old.size, now.size) || old.size > now.size || !areHashes(proof)) return false
  if (old.size === now.size) return proof.length === 0 && equalBytes(old.root, now.root)
  if (old.size === 0) return proof.length === 0 && equalBytes(old.root, EMPTY_ROOT)
  return foldConsistency(old, now, proof)
}

function foldConsistency(
  old: { size: number; root: Uint8Array },
  now: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  const isPerfect = split(old.size) * 2 === old.size || old.size === 1
  const [first, ...rest] = isPerfect ? [old.root, ...proof] : proof
  if (first === undefined) return false
  let node = old.size - 1
  let last = now.size - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  const siblings = withSides(node, last, rest)
  if (siblings === undefined) return false
  let oldRoot = first
  let newRoot = first
  for (const { hash, isLeft } of siblings) {
    if (isLeft) oldRoot = nodeHash(hash, oldRoot)
    newRoot = isLeft ? nodeHash(hash, newRoot) : nodeHash(newRoot, hash)
  }
  return equalBytes(oldRoot, old.root) && equalBytes(newRoot, now.root)
}

/**
 * On which side of the growing subtree each hash of a proof stands, going up from `node` where `last` is the last node of
 * that level. A node that is the last of its level and a left child has no sibling there, so levels are skipped.
 * @returns undefined when the proof is too long or too short for the log
 */
function withSides(
  node: number,
  last: number,
  proof: readonly Uint8Array[],
): { hash: Uint8Array; isLeft: boolean }[] | undefined {
  const siblings: { hash: Uint8Array; isLeft: boolean }[] = []
  let [at, end] = [node, last]
  for (const hash of proof) {
    if (end === 0) return undefined
    const isLeft = at % 2 === 1 || at === end
    siblings.push({ hash, isLeft })
    while (isLeft && at % 2 === 0 && at !== 0) [at, end] = [half(at), half(end)]
    ;[at, end] = [half(at), half(end)]
  }
  return end === 0 ? siblings : undefined
}

/** Root over the leaves start..end-1. `start` is a multiple of the largest power of two in the length, as RFC 6962 splits. */
function subtreeRoot(read: NodeReader, start: number, end: number): Uint8Array {
  const size = end - start
  if (size === 1) return read(0, start)
  const left = split(size)
  if (left * 2 === size) return read(Math.log2(size), start / size)
  return nodeHash(subtreeRoot(read, start, start + left), subtreeRoot(read, start + left, end))
}

/** The largest power of two below `size` (RFC 6962's k); size ≥ 2, and 1 for 1. */
function split(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function areHashes(proof: readonly Uint8Array[]): boolean {
  return proof.every((hash) => hash.length === HASH_BYTES)
}

function areSizes(...sizes: readonly number[]): boolean {
  return sizes.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function assertSizes(...sizes: readonly number[]): void {
  if (!areSizes(...sizes)) throw new RangeError('Sizes of a log are whole and not negative')
}
