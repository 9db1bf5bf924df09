import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  argumentsOf,
  CONTRACT_BOUNDS,
  CONTRACT_MEMBERS,
  parseContract,
  readContract,
} from './contract'
import type { Json } from './json'

const LEAST = { goal: 'x', tools: ['a'] }

function problems(value: Json): string[] {
  const parsed = parseContract(value)
  return parsed.ok ? [] : (parsed.refusal.fields ?? []).map(({ path, code }) => `${path} ${code}`)
}

test('a contract is kept exactly as parsed: nothing added, trimmed or normalised', () => {
  const value: Json = {
    ...LEAST,
    goal: ' cafe\u0301 ',
    context: { n: 1, deep: [{}] },
    side_effects: [],
  }
  const copy = structuredClone(value)
  const parsed = parseContract(value)
  expect(parsed).toEqual({ ok: true, value: copy })
  expect(parsed.ok && parsed.value).toBe(value)
})

test('the members are those of the documentation, and no others', () => {
  expect(CONTRACT_MEMBERS).toEqual([
    'goal',
    'tools',
    'arguments',
    'constraints',
    'side_effects',
    'context',
    'success_criteria',
    'preconditions',
    'on_behalf_of',
    'run_id',
  ])
})

test('several problems are told at once, each at its place', () => {
  const parsed = readContract(
    JSON.stringify({ tools: ['a b', 1], context: [], run_id: '', extra: 1, preconditions: [{}] }),
  )
  expect(parsed.ok ? [] : parsed.refusal.fields).toEqual([
    { path: '/goal', code: 'missing', message: 'The contract needs goal.' },
    {
      path: '/tools/0',
      code: 'bad_characters',
      message:
        'A tool name may hold letters a to z, digits and . _ : / - only, and starts with a letter or a digit.',
    },
    { path: '/tools/1', code: 'wrong_type', message: 'A tool name must be a text.' },
    { path: '/context', code: 'wrong_type', message: 'The context must be an object.' },
    { path: '/preconditions/0/name', code: 'missing', message: 'A precondition needs name.' },
    { path: '/preconditions/0/equals', code: 'missing', message: 'A precondition needs equals.' },
    { path: '/run_id', code: 'empty', message: 'run_id must not be empty.' },
    {
      path: '/extra',
      code: 'unknown_field',
      message: 'The contract has no such member, so it is refused.',
    },
  ])
})

test('problems are told up to fifty', () => {
  expect(problems({ ...LEAST, tools: Array(200).fill('é') })).toHaveLength(50)
})

test.each([
  'deploy.production',
  'GMAIL_SEND_EMAIL',
  'createPullRequest',
  'mcp:github/create-issue',
  '0',
  'a'.repeat(128),
])('%s names a tool', (tool) => {
  expect(problems({ goal: 'x', tools: [tool] })).toEqual([])
})

test.each([
  ['', 'empty'],
  [' ', 'empty'],
  ['a '.trimStart(), 'bad_characters'],
  ['.a', 'bad_characters'],
  ['a*', 'bad_characters'],
  ['deploy.*', 'bad_characters'],
  ['a\u200bb', 'bad_characters'],
  ['ａ', 'bad_characters'],
  ['a'.repeat(129), 'too_long'],
])('%j names no tool', (tool, code) => {
  expect(problems({ goal: 'x', tools: [tool] })).toEqual([`/tools/0 ${code}`])
})

test.each<[string, number, (size: number) => Json]>([
  ['goal', CONTRACT_BOUNDS.goal, (size) => ({ ...LEAST, goal: 'x'.repeat(size) })],
  ['tools', 200, (size) => ({ ...LEAST, tools: numbered(size) })],
  [
    'constraints',
    CONTRACT_BOUNDS.constraints,
    (size) => ({ ...LEAST, constraints: numbered(size) }),
  ],
  [
    'a constraint',
    CONTRACT_BOUNDS.constraint,
    (size) => ({ ...LEAST, constraints: ['x'.repeat(size)] }),
  ],
  [
    'side effects',
    CONTRACT_BOUNDS.sideEffects,
    (size) => ({ ...LEAST, side_effects: numbered(size) }),
  ],
  ['a side effect', 200, (size) => ({ ...LEAST, side_effects: ['x'.repeat(size)] })],
  [
    'criteria',
    CONTRACT_BOUNDS.criteria,
    (size) => ({ ...LEAST, success_criteria: numbered(size) }),
  ],
  [
    'a criterion',
    CONTRACT_BOUNDS.criterion,
    (size) => ({ ...LEAST, success_criteria: ['x'.repeat(size)] }),
  ],
  [
    'context',
    CONTRACT_BOUNDS.contextMembers,
    (size) => ({ ...LEAST, context: Object.fromEntries(numbered(size).map((key) => [key, 1])) }),
  ],
  [
    'preconditions',
    CONTRACT_BOUNDS.preconditions,
    (size) => ({ ...LEAST, preconditions: numbered(size).map((name) => ({ name, equals: 1 })) }),
  ],
  [
    'a precondition’s name',
    CONTRACT_BOUNDS.preconditionName,
    (size) => ({ ...LEAST, preconditions: [{ name: 'x'.repeat(size), equals: 1 }] }),
  ],
  [
    'on_behalf_of',
    CONTRACT_BOUNDS.onBehalfOf,
    (size) => ({ ...LEAST, on_behalf_of: 'x'.repeat(size) }),
  ],
  ['run_id', CONTRACT_BOUNDS.runId, (size) => ({ ...LEAST, run_id: 'x'.repeat(size) })],
])('the bound of %s is exact', (_, bound, contract) => {
  expect(problems(contract(bound))).toEqual([])
  expect(problems(contract(bound + 1))).toHaveLength(1)
})

test('arguments of a tool named like an inherited member are only what was sent', () => {
  const parsed = parseContract({
    goal: 'x',
    tools: ['constructor', 'toString'],
    arguments: { toString: { a: 1 } },
  })
  if (!parsed.ok) throw new Error('refused')
  expect(argumentsOf(parsed.value, 'constructor')).toBeUndefined()
  expect(argumentsOf(parsed.value, 'toString')).toEqual({ a: 1 })
})

test('arguments may be named parameters or a command line', () => {
  expect(problems({ ...LEAST, arguments: { a: ['--force'] } })).toEqual([])
  expect(problems({ ...LEAST, arguments: { a: {} } })).toEqual([])
  for (const value of ['x', 1, true, null]) {
    expect(problems({ ...LEAST, arguments: { a: value } })).toEqual(['/arguments/a wrong_type'])
  }
})

test('no text makes reading a contract throw', () => {
  const members = fc.constantFrom(...CONTRACT_MEMBERS, 'goal ', '__proto__', 'pro')
  const near = fc.dictionary(members, fc.jsonValue()).map((value) => JSON.stringify(value))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), near), (text) => {
      const read = readContract(text)
      if (!read.ok) expect(read.refusal.fields?.length).toBeGreaterThan(0)
    }),
    { numRuns: 1_000 },
  )
})

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`)
}
