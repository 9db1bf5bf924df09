import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Contract } from './contract'
import { parseContract } from './contract'
import { contractDigest, type Digest, digestOf, digestOfText, isDigest } from './digest'
import { isJsonObject, type Json } from './json'

const DOMAIN = 'https://countersign.example'
const CALLER = 'clr_01KA8Q4T9ZP2X5R7V0W3Y6B1CD'

const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((value) => `x${value}`)
const texts = fc.array(text, { minLength: 1, maxLength: 3 })
const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
const object = fc.dictionary(text, fc.oneof(leaf, fc.array(leaf), fc.dictionary(text, leaf)), {
  minKeys: 1,
})

/** Contracts with every member. */
const contract: fc.Arbitrary<Contract> = fc.record({
  goal: text,
  tools: fc.constant(['deploy.production', 'ledger.write']),
  arguments: fc.record({ 'deploy.production': object }),
  constraints: texts,
  side_effects: texts,
  context: object,
  success_criteria: texts,
  preconditions: fc.array(fc.record({ name: text, equals: leaf }), { minLength: 1, maxLength: 1 }),
  on_behalf_of: text,
  run_id: fc.constant('run-1'),
})

function digestOfContract(value: Contract): Digest {
  return contractDigest({ domain: DOMAIN, caller: CALLER, contract: value }).digest
}

test('any leaf of the contract that is changed changes the digest', () => {
  fc.assert(
    fc.property(contract, fc.nat(), (value, place) => {
      expect(parseContract(value).ok).toBe(true)
      const paths = leaves(value, [])
      const path = paths[place % paths.length] ?? []
      const changed = structuredClone(value)
      changeLeaf(changed, path)
      expect(digestOfContract(changed)).not.toBe(digestOfContract(value))
    }),
  )
})

test('any member that is taken away changes the digest', () => {
  fc.assert(
    fc.property(contract, (value) => {
      for (const member of Object.keys(value)) {
        const { [member as keyof Contract]: _, ...rest } = value
        expect(digestOf({ type: 'test', contract: rest })).not.toBe(
          digestOf({ type: 'test', contract: value }),
        )
      }
    }),
  )
})

test('the order of items changes the digest, the order of members does not', () => {
  fc.assert(
    fc.property(contract, (value) => {
      expect(digestOfContract(reordered(value))).toBe(digestOfContract(value))
      const turned = { ...value, tools: [...value.tools].reverse() }
      expect(digestOfContract(turned)).not.toBe(digestOfContract(value))
    }),
  )
})

test('another caller or another installation has another digest', () => {
  fc.assert(
    fc.property(contract, text, (value, other) => {
      const digest = digestOfContract(value)
      expect(contractDigest({ domain: other, caller: CALLER, contract: value }).digest).not.toBe(
        digest,
      )
      expect(contractDigest({ domain: DOMAIN, caller: other, contract: value }).digest).not.toBe(
        digest,
      )
    }),
  )
})

test('the digest is SHA-256 of exactly the bytes that are shown', async () => {
  const { digest, bytes } = contractDigest({
    domain: DOMAIN,
    caller: CALLER,
    contract: { goal: 'é 🚀', tools: ['a'] },
  })
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bytes))
  expect(digest).toBe(`sha-256:${Buffer.from(hash).toString('hex')}`)
  expect(digest).toBe(digestOfText(bytes))
})

test('one kind of document never passes for another', () => {
  const body = { a: 1 }
  expect(digestOf({ type: 'countersign/review', ...body })).not.toBe(
    digestOf({ type: 'countersign/evidence', ...body }),
  )
  expect(() => digestOf({ type: '' })).toThrow(TypeError)
})

test('only sha-256 and 64 small hexadecimal digits are a digest', () => {
  const digest = digestOfText('x')
  expect(isDigest(digest)).toBe(true)
  for (const other of [digest.toUpperCase(), digest.slice(1), `${digest}0`, `${digest}\n`, '']) {
    expect(isDigest(other)).toBe(false)
  }
})

type Path = (string | number)[]

function leaves(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, member]) => leaves(member, [...path, key]))
}

function changeLeaf(root: Contract, path: Path): void {
  let at: Json | undefined = root as Json
  for (const step of path.slice(0, -1)) at = child(at, step)
  const last = path.at(-1)
  if (Array.isArray(at) && typeof last === 'number') at[last] = other(at[last])
  else if (isJsonObject(at) && typeof last === 'string') at[last] = other(at[last])
  else throw new Error('No such leaf')
}

function child(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)]
  return isJsonObject(value) ? value[String(step)] : undefined
}

/** The nearest other value: the same type where there is one, else the text that prints the same. */
function other(value: Json | undefined): Json {
  if (typeof value === 'string') return `${value} `
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return String(value)
}

function reordered(value: Contract): Contract {
  const turn = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(turn)
    if (!isJsonObject(json)) return json
    return Object.fromEntries(
      Object.entries(json)
        .reverse()
        .map(([key, member]) => [key, turn(member)]),
    )
  }
  return turn(value as Json) as Contract
}
