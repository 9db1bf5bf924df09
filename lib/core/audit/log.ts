import { fromBase64, toBase64, utf8 } from './bytes'
import { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './merkle-hash'

/**
 * A Merkle log (RFC 6962) reduced to what is needed to go on: its size and the roots of its perfect subtrees, left to
 * right, one for each bit set in the size. A sealer keeps this, not the tree, and appends in O(log n).
 */
export type LogRange = { size: number; peaks: readonly Uint8Array[] }

/** A node whose subtree is full and so never changes: `index` counts nodes of that `level`, leaves are level 0. */
export type LogNode = { level: number; index: number; hash: Uint8Array }

export const EMPTY_LOG: LogRange = { size: 0, peaks: [] }

/**
 * The leaf hash of an audit entry: the leaf's data are the ASCII characters of the entry's hash (`sha-256:…`), so sealing
 * and proving need no bodies.
 */
export function entryLeaf(hash: string): Uint8Array {
  return leafHash(utf8(hash))
}

/**
 * Appends leaf hashes (see entryLeaf) to a log.
 * @returns the new range, and every node that became final, leaves included, in the order in which they did
 */
export function appendLeaves(
  log: LogRange,
  leaves: readonly Uint8Array[],
): { log: LogRange; nodes: LogNode[] } {
  const peaks = [...log.peaks]
  const nodes: LogNode[] = []
  let size = log.size
  for (const leaf of leaves) {
    appendLeaf(peaks, nodes, size, leaf)
    size += 1
  }
  return { log: { size, peaks }, nodes }
}

/** The root of the log: its peaks joined from the right (RFC 6962 section 2.1). */
export function logRoot(log: LogRange): Uint8Array {
  let root: Uint8Array | undefined
  for (const peak of [...log.peaks].reverse()) {
    root = root === undefined ? peak : nodeHash(peak, root)
  }
  return root ?? EMPTY_ROOT
}

/** The peaks as Base64, to be stored beside the size. */
export function encodePeaks(log: LogRange): string[] {
  return log.peaks.map(toBase64)
}

/** A stored range, or undefined when size and peaks do not fit together. */
export function decodeLog(size: number, peaks: readonly string[]): LogRange | undefined {
  if (!Number.isSafeInteger(size) || size < 0 || bitsSet(size) !== peaks.length) return undefined
  const decoded: Uint8Array[] = []
  for (const text of peaks) {
    const peak = fromBase64(text)
    if (peak?.length !== HASH_BYTES) return undefined
    decoded.push(peak)
  }
  return { size, peaks: decoded }
}

function appendLeaf(peaks: Uint8Array[], nodes: LogNode[], index: number, leaf: Uint8Array): void {
  if (leaf.length !== HASH_BYTES) throw new RangeError('A leaf of the log is a SHA-256 hash')
  let node: LogNode = { level: 0, index, hash: leaf }
  nodes.push(node)
  // An odd index is a right child: its left sibling is the last peak. Bit operators end at 2^31, so none are used.
  while (node.index % 2 === 1) {
    const left = peaks.pop()
    if (left === undefined) throw new RangeError('The peaks of the log do not fit its size')
    node = {
      level: node.level + 1,
      index: (node.index - 1) / 2,
      hash: nodeHash(left, node.hash),
    }
    nodes.push(node)
  }
  peaks.push(node.hash)
}

function bitsSet(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
