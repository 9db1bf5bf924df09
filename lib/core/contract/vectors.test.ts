import { expect, test } from 'vitest'
import { readContract } from './contract'
import { contractDigest, isDigest } from './digest'
import { parallelLines } from './parallel'
import digests from './vectors/digests.json' with { type: 'json' }
import refusals from './vectors/refusals.json' with { type: 'json' }
import { digestWords } from './words'

test.each(digests.vectors)('golden digest: $name', (vector) => {
  const contract = readContract(vector.json)
  if (!contract.ok) throw new Error(JSON.stringify(contract.refusal))
  const { domain, caller } = vector
  const { digest, bytes } = contractDigest({ domain, caller, contract: contract.value })
  expect(bytes).toBe(vector.bytes)
  expect(digest).toBe(vector.digest)
  expect(isDigest(digest)).toBe(true)
  expect(digestWords(digest)).toEqual(vector.words)
  expect(readContract(new TextEncoder().encode(vector.json))).toEqual(contract)
  expect(
    parallelLines(bytes)
      .map((line) => line.text)
      .join(''),
  ).toBe(vector.bytes)
})

test('contracts that differ have different digests, and only the order of members does not matter', () => {
  const same = new Set(digests.vectors.map((vector) => vector.digest))
  // Two pairs are the same contract written in two ways.
  expect(same.size).toBe(digests.vectors.length - 2)
})

test.each(refusals.vectors)('golden refusal: $name', (vector) => {
  const read = readContract(inputOf(vector))
  expect(read.ok).toBe(false)
  if (read.ok) return
  expect(read.refusal.code).toBe(vector.code)
  expect(read.refusal.fields?.[0]).toMatchObject({
    path: vector.path,
    code: vector.field ?? vector.code,
  })
  expect(read.refusal.fields?.[0]?.message).toMatch(/^.+\.$/)
})

type RefusalVector = (typeof refusals.vectors)[number]

function inputOf(vector: RefusalVector): string | Uint8Array {
  if (vector.hex !== undefined) return Uint8Array.from(Buffer.from(vector.hex, 'hex'))
  if (vector.json !== undefined) return vector.json
  const parts = vector.parts ?? []
  return parts.map(([text, count]) => String(text).repeat(Number(count))).join('')
}
