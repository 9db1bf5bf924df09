import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './canonical'
import { parallelLines } from './parallel'
import digests from './vectors/digests.json' with { type: 'json' }

const join = (lines: { text: string }[]) => lines.map((line) => line.text).join('')

test('joined, the lines are exactly the hashed bytes, and so are their parts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const hashed = canonical(value)
      const lines = parallelLines(hashed)
      expect(join(lines)).toBe(hashed)
      expect(lines.map((line) => join(line.parts)).join('')).toBe(hashed)
      for (const line of lines) expect(line.text).not.toBe('')
    }),
  )
})

test('the seed’s contract is set out as approvers know it', () => {
  const lines = parallelLines(digests.vectors[0]?.bytes ?? '')
  expect(lines.map((line) => `${'  '.repeat(line.indent)}${line.text}`)).toEqual([
    '{"caller":"clr_01KA8Q4T9ZP2X5R7V0W3Y6B1CD",',
    '"contract":{',
    '  "constraints":["require_approval: true",',
    '    "allowed_change_window: business_hours",',
    '    "rollback_plan_required: true",',
    '    "mfa_required: true"],',
    '  "context":{"actor_role":"release_manager",',
    '    "approval_status":"pending",',
    '    "environment":"production",',
    '    "rollback_plan":false,',
    '    "ticket_id":"OPS-214"},',
    '  "goal":"Deploy release 2026.03.14 to production",',
    '  "side_effects":["service_impact","write"],',
    '  "tools":["deploy.production"]},',
    '"domain":"https://countersign.example",',
    '"v":1}',
  ])
  expect(lines.map((line) => line.path)).toEqual([
    '/caller',
    '/contract',
    '/contract/constraints/0',
    '/contract/constraints/1',
    '/contract/constraints/2',
    '/contract/constraints/3',
    '/contract/context/actor_role',
    '/contract/context/approval_status',
    '/contract/context/environment',
    '/contract/context/rollback_plan',
    '/contract/context/ticket_id',
    '/contract/goal',
    '/contract/side_effects',
    '/contract/tools',
    '/domain',
    '/v',
  ])
})

test('member names are told from values', () => {
  expect(parallelLines('{"a":{"b":"c:"}}').map((line) => line.parts)).toEqual([
    [{ text: '{', isKey: false }],
    [
      { text: '"a":', isKey: true },
      { text: '{', isKey: false },
      { text: '"b":', isKey: true },
      { text: '"c:"}}', isKey: false },
    ],
  ])
})

test('every constraint has a line of its own, however short', () => {
  const lines = parallelLines('{"contract":{"constraints":["a","b"],"tools":["a","b"]}}')
  expect(lines.map((line) => line.path)).toEqual([
    '',
    '/contract',
    '/contract/constraints/0',
    '/contract/constraints/1',
    '/contract/tools',
  ])
})

test.each([
  ['white space', '{"a": 1}'],
  ['another order', '{"b":1,"a":2}'],
  ['a name twice', '{"a":1,"a":2}'],
  ['a number in another form', '{"a":1.0}'],
  ['an escape that is not needed', '{"a":"\\u0062"}'],
  ['no JSON', '{"a":'],
])('stored bytes with %s are never shown as what was signed', (_, hashed) => {
  expect(() => parallelLines(hashed)).toThrow()
})
