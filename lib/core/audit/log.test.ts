import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from './bytes'
import { appendLeaves, decodeLog, EMPTY_LOG, encodePeaks, entryLeaf, logRoot } from './log'
import { EMPTY_ROOT, leafHash, nodeHash } from './merkle-hash'

/** The leaf inputs and roots that implementations of RFC 6962 test against (certificate-transparency's reference vectors). */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** RFC 6962 section 2.1 word for word. */
function bruteRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return EMPTY_ROOT
  if (leaves.length === 1) return only
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return nodeHash(bruteRoot(leaves.slice(0, k)), bruteRoot(leaves.slice(k)))
}

const someLeaves = fc
  .array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 })
  .map((data) => data.map(leafHash))

describe('the Merkle log', () => {
  test('has the roots of the reference vectors of RFC 6962', () => {
    const leaves = INPUTS.map((hex) => leafHash(Uint8Array.from(Buffer.from(hex, 'hex'))))
    const roots = ROOTS.map((_, size) =>
      toHex(logRoot(appendLeaves(EMPTY_LOG, leaves.slice(0, size)).log)),
    )
    expect(roots).toEqual(ROOTS)
  })

  test('has the root that the definition gives, however the leaves are cut into batches', () => {
    fc.assert(
      fc.property(someLeaves, fc.nat(), (leaves, at) => {
        const cut = at % (leaves.length + 1)
        const first = appendLeaves(EMPTY_LOG, leaves.slice(0, cut)).log
        const { log } = appendLeaves(first, leaves.slice(cut))
        expect(log.size).toBe(leaves.length)
        expect(toHex(logRoot(log))).toBe(toHex(bruteRoot(leaves)))
      }),
    )
  })

  test('keeps one peak for each bit of its size', () => {
    fc.assert(
      fc.property(someLeaves, (leaves) => {
        const bits = leaves.length.toString(2).replaceAll('0', '').length
        expect(appendLeaves(EMPTY_LOG, leaves).log.peaks).toHaveLength(bits)
      }),
    )
  })

  test('hands out every full subtree exactly once, as the definition gives it', () => {
    fc.assert(
      fc.property(someLeaves, (leaves) => {
        const { nodes } = appendLeaves(EMPTY_LOG, leaves)
        for (const { level, index, hash } of nodes) {
          const width = 2 ** level
          const under = leaves.slice(index * width, (index + 1) * width)
          expect(under).toHaveLength(width)
          expect(toHex(hash)).toBe(toHex(bruteRoot(under)))
        }
        const names = nodes.map(({ level, index }) => `${level}/${index}`)
        expect(new Set(names).size).toBe(names.length)
        const full = Array.from({ length: 8 }, (_, level) => Math.floor(leaves.length / 2 ** level))
        expect(names).toHaveLength(full.reduce((sum, count) => sum + count, 0))
      }),
    )
  })

  test('goes on from a stored range', () => {
    fc.assert(
      fc.property(someLeaves, someLeaves, (before, after) => {
        const { log } = appendLeaves(EMPTY_LOG, before)
        const stored = decodeLog(log.size, encodePeaks(log))
        if (stored === undefined) throw new Error('a stored range must be read')
        const whole = appendLeaves(stored, after).log
        expect(toHex(logRoot(whole))).toBe(toHex(bruteRoot([...before, ...after])))
      }),
    )
  })

  test.each([
    ['a peak too few', 3, 1],
    ['a peak too many', 4, 2],
    ['a peak in an empty log', 0, 1],
  ])('does not read a stored range with %s', (_, size, peaks) => {
    const peak = encodePeaks(appendLeaves(EMPTY_LOG, [leafHash(utf8('a'))]).log)
    expect(
      decodeLog(
        size,
        Array.from({ length: peaks }, () => peak.join('')),
      ),
    ).toBeUndefined()
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('does not read a stored size of %s', (size) => {
    expect(decodeLog(size, [])).toBeUndefined()
  })

  test('does not read a peak that is no hash', () => {
    expect(decodeLog(1, ['AAAA'])).toBeUndefined()
    expect(decodeLog(1, ['not base64'])).toBeUndefined()
  })

  test('refuses to append what is no hash', () => {
    expect(() => appendLeaves(EMPTY_LOG, [new Uint8Array(31)])).toThrow(RangeError)
  })

  test('refuses a range whose peaks do not fit its size', () => {
    expect(() => appendLeaves({ size: 1, peaks: [] }, [leafHash(utf8('a'))])).toThrow(RangeError)
  })

  test('takes the text of the hash of an entry as the data of its leaf', () => {
    expect(toHex(entryLeaf('sha-256:00'))).toBe(toHex(leafHash(utf8('sha-256:00'))))
  })

  test('never takes a leaf for a node', () => {
    const [left, right] = [leafHash(utf8('a')), leafHash(utf8('b'))]
    const forged = new Uint8Array([...left, ...right])
    expect(toHex(leafHash(forged))).not.toBe(toHex(nodeHash(left, right)))
  })
})
