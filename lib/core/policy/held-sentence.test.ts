import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../durations'
import { PLAN, RELEASE, T0, testFacts } from '../ticket/test-facts'
import { describeRequirement, type Reader } from './describe-requirement'
import { heldSentence } from './held-sentence'
import { timeWords } from './plain-words'
import { DEPLOY, decide, SEARCH, testPolicy, WINDOW } from './test-policy'
import type { ApprovalTree, Requirement, RequirementStatus } from './types'

const READER: Reader = {
  now: T0,
  zone: 'UTC',
  groupLabels: { release: 'Release manager', security: 'DBA', auditing: 'Auditing deputy' },
  organisation: 'Osterby',
  facts: testFacts(),
  viewer: null,
  calendars: { office: { label: 'Mondays 09:00 to 17:00', zone: 'UTC' } },
}

function sentence(...requirements: RequirementStatus[]): string {
  return heldSentence({ requirements, issues: [] }, READER)
}

function approval(tree: ApprovalTree, counted = 0, needed = 1): RequirementStatus {
  return {
    requirement: { ...RELEASE, tree },
    state: 'missing',
    progress: { counted, needed, countedVotes: [] },
  }
}

describe('heldSentence', () => {
  it('tells a manager what is missing and until when it could run', () => {
    expect(heldSentence(decide(), READER)).toBe(
      'Held because no release manager has approved it and no rollback plan is on file. ' +
        'Nothing runs until both are here. Office is open until 17:00.',
    )
  })

  it('names the second factor only where the approvals are there', () => {
    const mfa: RequirementStatus = {
      requirement: { kind: 'mfa', id: 'mfa', level: 'any' },
      state: 'missing',
    }
    expect(sentence(approval({ group: 'release', count: 1 }), mfa)).not.toContain('factor')
    expect(sentence(mfa)).toContain('no approval came with a second factor')
  })

  it.each<[ApprovalTree, number, string]>([
    [
      { group: 'release', count: 2 },
      0,
      'none of the two release managers it needs has approved it',
    ],
    [{ group: 'release', count: 2 }, 1, 'one more release manager has to approve it'],
    [{ group: 'auditing', count: 3 }, 1, 'two more auditing deputies have to approve it'],
    [{ group: 'unlabelled', count: 1 }, 0, 'no member of unlabelled has approved it'],
    [
      {
        all: [
          { group: 'release', count: 1 },
          { group: 'security', count: 2 },
        ],
      },
      0,
      'it needs approval by one release manager and two DBAs',
    ],
    [
      { any: [{ group: 'release', count: 1 }, { all: [{ group: 'security', count: 1 }] }] },
      1,
      'it needs approval by one release manager or (one DBA), of which one is given',
    ],
  ])('counts who is still needed of %j when %i are there', (tree, counted, expected) => {
    expect(sentence(approval(tree, counted, 3))).toContain(`Held because ${expected}. Nothing`)
  })

  it('tells of a shut window when it opens', () => {
    const contract = { ...SEARCH, constraints: ['allowed_change_window: night'] }
    expect(heldSentence(decide({ contract }), READER)).toBe(
      'Held because it is outside night. Nothing runs until then. Night opens 22:00.',
    )
  })

  it('tells of everything else that can hold', () => {
    const points = [testPolicy({ decisionPoints: [{ name: 'stage0', max_age_ms: 1 }] })]
    expect(heldSentence(decide({ contract: SEARCH, policies: points }), READER)).toContain(
      'stage0 has not answered',
    )
    expect(heldSentence(decide({ policies: [] }), READER)).toBe(
      'Held because its policy is not available. Nothing runs until then.',
    )
    const confirm: RequirementStatus = { requirement: PLAN, state: 'to_confirm' }
    expect(sentence(confirm)).toContain('nobody who approved has reviewed the rollback plan')
  })

  it('counts three reasons and more', () => {
    const contract = { ...DEPLOY, constraints: ['allowed_change_window: night'] }
    expect(heldSentence(decide({ contract }), READER)).toContain('until all three are here')
  })

  it('says none of the caller’s own words', () => {
    const contract = {
      ...DEPLOY,
      goal: 'ZZZ',
      constraints: ['ZZZ', 'allowed_change_window: ZZZ', 'required_role: ZZZ', 'evidence: zzz'],
      context: { environment: 'ZZZ', ZZZ: 'ZZZ' },
      side_effects: ['ZZZ'],
      preconditions: [{ name: 'ZZZ', equals: 'ZZZ' }],
    }
    const held = decide({ contract })
    expect(heldSentence(held, READER)).not.toMatch(/zzz/i)
    const told = held.requirements.map((status) => describeRequirement(status, READER))
    expect(JSON.stringify([told, held.issues])).not.toMatch(/zzz/i)
  })

  it('holds nothing back when nothing is missing', () => {
    expect(heldSentence(decide({ contract: SEARCH }), READER)).toBe('Nothing is missing.')
  })
})

describe('describeRequirement', () => {
  const words = (
    requirement: Requirement,
    more: Partial<RequirementStatus> = {},
    reader = READER,
  ) => describeRequirement({ requirement, state: 'missing', ...more }, reader)

  it('names who can approve, who cannot, and where', () => {
    expect(words(RELEASE)).toEqual({
      title: 'Approval by one release manager',
      sub: 'Not Olga, who is behind the request',
      from: ['Ben, Mara or Tomas', 'In the console or in Slack'],
    })
    expect(words(RELEASE, {}, { ...READER, viewer: 'mara' }).from[0]).toBe('You, Ben or Tomas')
  })

  it('says when nobody can, and counts when two are needed', () => {
    const two = { ...RELEASE, tree: { group: 'nobody', count: 2 } }
    const progress = { counted: 1, needed: 2, countedVotes: [] }
    expect(words(two, { progress })).toMatchObject({
      title: 'Approval by two members of nobody',
      sub: 'One of two given. Not Olga, who is behind the request',
      from: ['Nobody can give it now', 'In the console or in Slack'],
    })
  })

  it('sends a voter to the console where Slack cannot take the vote', () => {
    const place = (changes: Partial<typeof RELEASE>) => words({ ...RELEASE, ...changes }).from[1]
    expect(place({ mfa: 'phishing_resistant' })).toBe('In the console, with a passkey')
    expect(place({ slack_totp: false })).toBe('In the console')
    expect(place({ via: ['web'] })).toBe('In the console')
    expect(place({ slack_totp: false, mfa: 'none' })).toBe('In the console or in Slack')
  })

  it('counts the names of a large group', () => {
    const ids = Array.from({ length: 8 }, (_, index) => `p${index}`)
    const facts = testFacts({
      directory: {
        people: Object.fromEntries(ids.map((id) => [id, { name: id, active: true, roles: [] }])),
        groups: { release: ids.map((person) => ({ person, expiresAt: null })) },
      },
    })
    expect(words(RELEASE, {}, { ...READER, facts }).from[0]).toBe('p0, p1, p2, p3, p4 or 3 more')
  })

  it('describes the factor, the evidence, the window and the rest', () => {
    expect(words({ kind: 'mfa', id: 'mfa', level: 'any' }).sub).toBe('Passkey, or a 6-digit code')
    expect(words(PLAN)).toEqual({
      title: 'Rollback plan',
      sub: 'None is on file',
      from: ['Any person at Osterby, not a caller'],
    })
    expect(words({ ...PLAN, max_age_ms: 24 * HOUR_MS, from: 'human_or_caller' })).toMatchObject({
      sub: 'None is on file. Not older than 1 day',
      from: ['Any person at Osterby, or the caller'],
    })
    expect(words(WINDOW, { state: 'met', shutsAt: T0 + 8 * HOUR_MS })).toEqual({
      title: 'Change window, office',
      sub: 'Mondays 09:00 to 17:00, UTC',
      from: ['Open until 17:00'],
    })
    expect(words(WINDOW, { state: 'waiting' }).from).toEqual([
      'Shut, and it is not known until when',
    ])
    const point = { kind: 'decision_point' as const, id: 'x', name: 'stage0', max_age_ms: 1 }
    expect(words(point, { state: 'waiting', opensAt: T0 + HOUR_MS })).toEqual({
      title: 'Answer of stage0',
      sub: 'No answer that counts',
      from: ['Asked again 10:00'],
    })
  })
})

describe('timeWords', () => {
  it.each([
    [0, '09:00'],
    [24, 'Tue 09:00'],
    [6 * 24, 'Sun 09:00'],
    [7 * 24, 'Mon 23 Mar 09:00'],
    [-24, 'Sun 15 Mar 09:00'],
    [365 * 24, 'Tue 16 Mar 2027 09:00'],
  ])('tells of a time %i hours off as %s', (hours, expected) => {
    expect(timeWords(T0 + hours * HOUR_MS, READER)).toBe(expected)
  })

  it('uses the reader’s zone', () => {
    expect(timeWords(T0, { ...READER, zone: 'Asia/Tokyo' })).toBe('18:00')
    expect(timeWords(T0 + 8 * HOUR_MS, { ...READER, zone: 'Asia/Tokyo' })).toBe('Tue 02:00')
  })
})
