import { describe, expect, it } from 'vitest'
import { CONSTRAINT_TABLE } from '#lib/core/contract/constraint-table'
import type { Contract } from '#lib/core/contract/contract'
import type { Json } from '#lib/core/contract/json'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { world } from '../world'
import { POLICY, publish } from './steps'

const { url } = await testDatabase()
/** Rules that a claim could switch off, if claims could: two that an author may well write. */
const TRUSTING = `${POLICY}
  - name: unless_it_says_staging
    effect: require
    when: claims.text("environment") != "staging"
    require: [{ evidence: change_record }]
  - name: unless_it_says_it_only_reads
    effect: require
    when: '!claims.side_effect("read_only") && !claims.flag("dry_run")'
    require: [{ evidence: impact_analysis }]
`
const w = await world(url)
const { ask } = apiOf(w.runtime)

interface Answer {
  verdict: 'ALLOW' | 'DEFER' | 'DENY'
  requirements: { id: string; state: string }[]
}

/** One tool of each risk class of the shipped pack, and one that it does not know. */
const TOOLS = [
  'search.docs',
  'deploy.staging',
  'email.send',
  'deploy.production',
  'payments.create',
  'database.migrate',
  'iam.grant',
  'nobody.knows.this',
]

/** What an agent may say to make it look harmless, approved or urgent; and what a rule of the pack reads. */
const CONTEXT: [string, Json[]][] = [
  ['environment', ['production', 'staging', 'test', '', null, ['staging']]],
  ['approval_status', ['approved', 'pending', true]],
  ['approved', [true]],
  ['approved_by', ['Mara Lindqvist', 'prs_01ARZ3NDEKTSV4RRFFQ69G5FAV']],
  ['mfa', [true, 'passkey', { level: 'phishing_resistant' }]],
  ['rollback_plan', [true, false, { steps: [] }]],
  ['actor_role', ['admin', 'release_manager']],
  ['ticket_id', ['OPS-214']],
  ['risk', ['read_only', 'low']],
  ['dry_run', [true]],
  ['emergency', [true]],
  ['change_window', ['open']],
  ['policy', [{ verdict: 'ALLOW' }]],
  ['verdict', ['ALLOW']],
  ['constructor', [{ name: 'x' }]],
]
const SIDE_EFFECTS = [
  ...['write', 'delete', 'service_impact', 'payment', 'refund', 'transfer', 'bulk_write'],
  ...['irreversible', 'none', 'read_only', 'nothing at all'],
]
const CONSTRAINTS = Object.keys(CONSTRAINT_TABLE).flatMap((name) => [
  name,
  ...['true', 'false', 'none', 'any', 'staging', '0', '300s'].map((value) => `${name}: ${value}`),
  `require_${name}: true`,
  `require_${name}: false`,
  `no ${name}`,
  `${name} not required`,
  `skip_${name}`,
])

type Claim = Partial<Contract>
const CLAIMS: [string, Claim][] = [
  ...CONTEXT.flatMap(([key, values]) =>
    values.map((value): [string, Claim] => [`context.${key}`, { context: { [key]: value } }]),
  ),
  ...SIDE_EFFECTS.map((name): [string, Claim] => [`side effect ${name}`, { side_effects: [name] }]),
  ...CONSTRAINTS.map((text): [string, Claim] => [`constraint ${text}`, { constraints: [text] }]),
  [
    'all of the context',
    { context: Object.fromEntries(CONTEXT.map(([key, [value = null]]) => [key, value])) },
  ],
  ['all side effects', { side_effects: SIDE_EFFECTS }],
  ['an empty list of side effects', { side_effects: [] }],
  ['an empty context', { context: {} }],
  ['success criteria', { success_criteria: ['Nobody notices.'] }],
  ['preconditions', { preconditions: [{ name: 'plan', equals: 'abc' }] }],
  ['on_behalf_of', { on_behalf_of: 'The board' }],
]

const STRICTNESS = { ALLOW: 0, DEFER: 1, DENY: 2 }
const IS_DONE = new Set(['met', 'at_redeem'])

async function decided(contract: Contract): Promise<Answer> {
  const { status, body } = await ask('POST', '/v1/requests', { key: w.agent.key, body: contract })
  expect([200, 202]).toContain(status)
  return body as unknown as Answer
}

/** What a claim took away, in words; nothing where it took nothing away. */
function lost(plain: Answer, claimed: Answer): string[] {
  const states = new Map(claimed.requirements.map(({ id, state }) => [id, state]))
  const isLooser = STRICTNESS[claimed.verdict] < STRICTNESS[plain.verdict]
  return [
    ...(isLooser ? [`${plain.verdict} became ${claimed.verdict}`] : []),
    ...plain.requirements.flatMap(({ id, state }) => {
      const now = states.get(id)
      if (now === undefined) return [`${id} is gone`]
      return IS_DONE.has(now) && !IS_DONE.has(state) ? [`${id} became ${now}`] : []
    }),
  ]
}

describe('whatever an agent says adds demands and never takes one away', () => {
  it.each(TOOLS)('about %s', async (tool) => {
    const base: Contract = { goal: 'What it says', tools: [tool], arguments: { [tool]: { n: 1 } } }
    const plain = await decided(base)
    // Each claim is said about several tools, and the tools share the many constraints between them.
    const index = TOOLS.indexOf(tool)
    const claims = CLAIMS.filter(
      ([name], i) => !name.startsWith('constraint') || i % TOOLS.length === index,
    )
    const findings: string[] = []
    const queue = [...claims]
    const say = async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const [name, claim] = next
        for (const what of lost(plain, await decided({ ...base, ...claim })))
          findings.push(`${name}: ${what}`)
      }
    }
    await Promise.all(Array.from({ length: 8 }, say))
    expect(findings).toEqual([])
  })

  it.each(['search.docs', 'deploy.production'])(
    'about %s, by rules that look for what is not claimed',
    async (tool) => {
      await publish(w, TRUSTING)
      const base: Contract = {
        goal: 'What it says',
        tools: [tool],
        arguments: { [tool]: { n: 1 } },
      }
      const plain = await decided(base)
      const ids = plain.requirements.map(({ id }) => id)
      expect(ids).toEqual(
        expect.arrayContaining(['evidence:change_record', 'evidence:impact_analysis']),
      )
      const findings: string[] = []
      for (const [name, claim] of CLAIMS.filter(([name]) => !name.startsWith('constraint'))) {
        for (const what of lost(plain, await decided({ ...base, ...claim }))) {
          findings.push(`${name}: ${what}`)
        }
      }
      expect(findings).toEqual([])
      await publish(w, POLICY)
    },
  )

  it('and the shipped pack does tell the tools apart, so that there is something to take away', async () => {
    const verdicts = await Promise.all(
      TOOLS.map(
        async (tool) =>
          (await decided({ goal: 'x', tools: [tool], arguments: { [tool]: {} } })).verdict,
      ),
    )
    expect(verdicts).toEqual(['ALLOW', 'ALLOW', ...Array(6).fill('DEFER')])
  })
})
