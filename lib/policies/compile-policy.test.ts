import { describe, expect, it } from 'vitest'
import { compilePolicy } from './compile-policy'
import { defaultPack } from './packs/default'

const IDENTITY = { name: 'main', ordinal: 3 }

/** A small valid policy with one line more or another in place. */
function source(over: Record<string, string> = {}): string {
  const parts: Record<string, string> = {
    groups: '{ release_managers: { label: Release manager } }',
    calendars:
      '{ office: { label: Office hours, zone: Europe/Berlin, hours: [{ days: [mon], from: 09:00, to: 17:00 }] } }',
    evidence: '{ rollback_plan: {} }',
    tools: '{ deploy.*: { risk: production_control_plane, environment: production } }',
    default_approval: '{ group: release_managers }',
    rules:
      '[{ name: deploys, effect: allow, when: tool.risk == "production_control_plane", require: [{ evidence: rollback_plan }] }]',
    ...over,
  }
  return Object.entries(parts)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n')
}

function compiled(text: string) {
  const result = compilePolicy(text, IDENTITY)
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value
}

function problems(text: string): string[] {
  const result = compilePolicy(text, IDENTITY)
  if (result.ok) return []
  expect(result.refusal.code).toBe('policy_invalid')
  return (result.refusal.fields ?? []).map(({ path, message }) => `${path} ${message}`)
}

describe('compilePolicy', () => {
  it('names the version by its source, so that no two sources share one', () => {
    const policy = compiled(source())
    expect(policy.version).toBe(
      `main@3+${policy.digest.slice('sha-256:'.length, 'sha-256:'.length + 8)}`,
    )
    expect(compiled(`${source()}\n`).version).not.toBe(policy.version)
  })

  it('fills in the defaults that the documents promise', () => {
    const policy = compiled(source())
    expect(policy.deadlineMs).toBe(86_400_000)
    expect(policy.executionWindowMs).toBe(14_400_000)
    expect(policy.defaultApproval).toEqual({
      kind: 'approval',
      id: 'approval:release_managers',
      tree: { group: 'release_managers', count: 1 },
      via: ['slack', 'web'],
      mfa: 'any',
      slack_totp: false,
      vote_max_age_ms: 86_400_000,
    })
    expect(policy.rules[0]?.requirements).toEqual([
      {
        kind: 'evidence',
        id: 'evidence:rollback_plan',
        type: 'rollback_plan',
        from: 'human',
        max_age_ms: null,
        approve_before_evidence: false,
      },
    ])
  })

  it('compiles trees of approvals under one readable id', () => {
    const tree =
      '{ all: [{ group: release_managers, count: 2 }, { any: [{ group: release_managers }, { group: dba }] }] }'
    const policy = compiled(
      source({
        groups: '{ release_managers: { label: A }, dba: { label: B } }',
        default_approval: tree,
      }),
    )
    expect(policy.defaultApproval.id).toBe(
      'approval:all(any(dba,release_managers),release_managers*2)',
    )
  })

  it.each([
    [{ surprise: '1' }, ' Unrecognized key'],
    [{ rules: '[{ name: a, effect: allow, unless: "true" }]' }, '/rules/0 '],
    [{ rules: '[{ name: a, effect: forbid }]' }, '/rules/0/effect '],
    [{ rules: '[{ name: a, effect: allow, when: tool.nme == "x" }]' }, '/rules/0/when '],
    [{ rules: '[{ name: a, effect: allow, when: claims.flag("x") }]' }, '/rules/0/when '],
    [{ rules: '[{ name: a, effect: require }]' }, 'has to say what'],
    [{ rules: '[{ name: a, effect: deny }]' }, 'tell people why'],
    [
      { rules: '[{ name: a, effect: deny, message: No, require: [{ mfa: any }] }]' },
      'requires nothing',
    ],
    [{ rules: '[{ name: a, effect: allow }, { name: a, effect: allow }]' }, '/rules/1/name '],
    [
      { rules: '[{ name: a, effect: allow, require: [{ evidence: plan }] }]' },
      '/rules/0/require/0/evidence ',
    ],
    [
      { rules: '[{ name: a, effect: allow, require: [{ evidence: constructor }] }]' },
      'no type of evidence',
    ],
    [
      { rules: '[{ name: a, effect: allow, require: [{ change_window: night }] }]' },
      'no calendar named night',
    ],
    [{ rules: '[{ name: a, effect: allow, require: [{}] }]' }, '/rules/0/require/0 '],
    [
      { rules: '[{ name: a, effect: allow, require: [{ mfa: any, evidence: rollback_plan }] }]' },
      'Name one of',
    ],
    [{ default_approval: '{ group: nobody }' }, '/default_approval/group '],
    [{ default_approval: '{ group: release_managers, count: 0 }' }, '/default_approval/count '],
    [{ default_approval: '{ group: release_managers, via: [slack] }' }, '/default_approval/via '],
    [{ default_approval: '{ count: 2 }' }, 'Name one of group, all and any'],
    [
      { default_approval: '{ all: [{ group: release_managers, via: [web] }] }' },
      '/default_approval/all/0 ',
    ],
    [{ tools: '{ deploy.*: { risk: harmless } }' }, '/tools/deploy.*/risk '],
    [{ tools: '{ "*": { risk: read_only } }' }, '/tools/* '],
    [{ deadline: '24' }, '/deadline '],
    [
      { calendars: '{ office: { label: x, zone: Europe/Atlantis, hours: [] } }' },
      '/calendars/office/zone ',
    ],
    [
      {
        calendars:
          '{ office: { label: x, zone: UTC, hours: [{ days: [mon], from: 17:00, to: 09:00 }] } }',
      },
      '/calendars/office/hours/0 ',
    ],
    [
      { calendars: '{ office: { label: x, zone: UTC, hours: [], holidays: [2026-02-30] } }' },
      '/calendars/office/holidays/0 ',
    ],
    [{ groups: '{ "__proto__": { label: x } }' }, 'The name __proto__'],
    [{ groups: '{ Release Managers: { label: x } }' }, '/groups/Release Managers '],
    [{ description: '&a x', deadline: '*a' }, 'Anchors and aliases'],
    [{ 'deadline: 24h\ndeadline': '24h' }, 'Map keys must be unique'],
    [{ description: '!!js/function "x"' }, 'tag'],
  ])('refuses %j and says where', (over, expected) => {
    expect(problems(source(over)).join('\n')).toContain(expected)
  })

  it('names the line of a problem', () => {
    expect(problems(source({ rules: '\n  - name: a\n    effect: forbid\n' }))[0]).toContain(
      'Line 8',
    )
  })

  it('refuses what is no document, or too long', () => {
    expect(problems('')).not.toEqual([])
    expect(problems('[]')).not.toEqual([])
    expect(problems('a: [')).not.toEqual([])
    expect(problems('#'.repeat(300_000))[0]).toContain('longer')
  })

  it('ships a pack that compiles in every variant', () => {
    for (const businessHours of ['weekdays', 'always'] as const) {
      const policy = compiled(defaultPack({ zone: 'Europe/Berlin', businessHours }))
      expect(Object.keys(policy.groups)).toEqual([
        'release_managers',
        'finance_approvers',
        'data_stewards',
        'security_approvers',
      ])
      expect(policy.deadlineMs).toBe(86_400_000)
      expect(policy.executionWindowMs).toBe(14_400_000)
    }
  })

  it('says in its label that the demonstration hours are around the clock', () => {
    const { calendars } = compiled(defaultPack({ zone: 'UTC', businessHours: 'always' }))
    expect(calendars['business_hours']?.label).toContain('Around the clock')
  })

  it('refuses to write a pack for a zone that does not exist', () => {
    expect(() => defaultPack({ zone: 'UTC\nrules: []', businessHours: 'always' })).toThrow(
      RangeError,
    )
  })
})
