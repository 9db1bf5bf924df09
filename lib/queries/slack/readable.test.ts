import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Contract } from '#lib/core/contract/contract'
import type { Json } from '#lib/core/contract/json'
import { visibleText } from '#lib/core/contract/visible'
import { SEED_CONTRACT } from '../../../test/world'
import { readableContract, readableJson } from './readable'

/** Visible escapes turned back into what they stand for. */
function unescaped(text: string): string {
  return text.replaceAll(/⟨U\+([0-9A-F]+)⟩/g, (_, point: string) =>
    String.fromCodePoint(Number.parseInt(point, 16)),
  )
}

/** Not quite all of Unicode: what YAML itself folds has to come out again, too. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'true',
    'Null',
    '~',
    '- a',
    'a: b',
    'a #b',
    '1e3',
    '0x1',
    ' a',
    'a ',
    '⟨U+202E⟩',
    '\u202eabc',
    'a\nb',
    '"',
    '\\',
    "'",
    '',
    'é',
    '[]',
    '{}',
    '---',
    '…',
    '<<',
  ),
)
const anyJson = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyText,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      anyText.filter((key) => key !== '__proto__'),
      tie('json'),
      { maxKeys: 4 },
    ),
  ) as fc.Arbitrary<Json>,
})).json

describe('the readable contract', () => {
  it('reads back as what was sent, so no two contracts look the same', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const shown = visibleText(readableJson(value), { keepLines: true })
        expect(parse(unescaped(shown), { logLevel: 'error' })).toEqual(value)
      }),
      { numRuns: 500 },
    )
  })

  it('shows the deploy of the README as somebody would write it down', () => {
    expect(readableContract(JSON.parse(SEED_CONTRACT) as Contract)).toBe(
      [
        'goal: Deploy release 2026.03.14 to production',
        'tools:',
        '  - deploy.production',
        'constraints:',
        '  - "require_approval: true"',
        '  - "allowed_change_window: business_hours"',
        '  - "rollback_plan_required: true"',
        '  - "mfa_required: true"',
        'side_effects:',
        '  - service_impact',
        '  - write',
        'context:',
        '  actor_role: release_manager',
        '  environment: production',
        '  approval_status: pending',
        '  ticket_id: OPS-214',
        '  rollback_plan: false',
      ].join('\n'),
    )
  })

  it('tells an escape of ours from one that the caller typed', () => {
    const typed = visibleText(readableJson('⟨U+202E⟩'))
    const hidden = visibleText(readableJson('\u202e'))
    expect(typed).not.toBe(hidden)
    expect(hidden).toBe('"⟨U+202E⟩"')
  })
})
