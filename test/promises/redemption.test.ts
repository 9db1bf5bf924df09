import { setTimeout as pause } from 'node:timers/promises'
import { base64url } from 'jose'
import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { removeMember } from '#lib/commands/directory/remove-member'
import { collectToken } from '#lib/commands/grant/collect-token'
import { lapseGrant } from '#lib/commands/grant/lapse-grant'
import { redeemToken } from '#lib/commands/grant/redeem-token'
import { revokeGrant } from '#lib/commands/grant/revoke-grant'
import { submitRequest } from '#lib/commands/request/submit-request'
import type { Contract } from '#lib/core/contract/contract'
import type { JsonObject } from '#lib/core/contract/json'
import { REFUSALS, type RedeemRefusalCode } from '#lib/core/refusals'
import { lockRequest } from '#lib/db/load-held'
import { createRuntime } from '#lib/runtime'
import { testDatabase } from '../database'
import { approve, attachPlan, join, must, submit, type World, world } from '../world'
import {
  anotherCaller,
  collect,
  POLICY,
  publish,
  redeem,
  redemption,
  released,
  settled,
  standing,
  tamper,
} from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { db } = w.runtime
const SOON = { timeout: 10_000, interval: 10 }

/** A version in which deploys need a second release manager. */
const TWO_APPROVALS = POLICY.replace(
  'count: 1, mfa: any, slack_totp: true }\n      - mfa: any\n      - evidence: rollback_plan',
  'count: 2, mfa: any, slack_totp: true }\n      - mfa: any\n      - evidence: rollback_plan',
)
const NO_DEPLOYS = `${POLICY}
  - name: nothing_this_week
    effect: deny
    when: tool.name == "deploy.production"
    message: Nothing is deployed this week.
`
const STRICT_SEARCH = POLICY.replace(
  'search.*: { risk: read_only }',
  'search.*: { risk: money_outward }',
)
const FROZEN = POLICY.replace(
  'freezes: []',
  'freezes:\n      - { from: 2020-01-01T00:00:00Z, until: 2090-01-01T00:00:00Z, reason: Frozen }',
)

async function grantOf(requestId: string) {
  return (await standing(w, requestId)).grant?.state
}

/** What a refusal's row says becomes of the grant is what becomes of it. */
async function refused(
  requestId: string,
  token: string,
  code: RedeemRefusalCode,
  changed: Parameters<typeof redemption>[2] = {},
): Promise<void> {
  expect(await redeem(w, token, changed)).toBe(code)
  const { disposition } = REFUSALS[code]
  expect(await grantOf(requestId)).toBe(disposition === 'burn' ? 'burnt' : 'collected')
}

async function collected(contract: Contract = w.contract) {
  const requestId = await released(w, contract)
  return { requestId, token: await collect(w, requestId) }
}

const call = (changed: Partial<ReturnType<typeof redemption>['call']>) => ({
  call: { ...redemption(w, '').call, ...changed },
})

describe('what became stricter after the release holds at redemption', () => {
  afterEach(() => publish(w, POLICY))

  it('a voter who left the group: voter_ineligible, burnt', async () => {
    const { requestId, token } = await collected()
    const membership = { group: 'release_managers', personId: w.mara.id, byPersonId: null }
    must(await removeMember(w.runtime, membership))
    await refused(requestId, token, 'voter_ineligible')
    await join(w.runtime, 'release_managers', w.mara.id)
    // Burnt is burnt: that the voter is back does not bring it to life.
    expect(await redeem(w, token)).toBe('grant_burnt')
  })

  it('a voter who was deactivated: voter_ineligible, burnt', async () => {
    const { requestId, token } = await collected()
    await db.person.update({ where: { id: w.mara.id }, data: { active: false } })
    await refused(requestId, token, 'voter_ineligible')
    await db.person.update({ where: { id: w.mara.id }, data: { active: true } })
  })

  it.each([
    ['a second approval', TWO_APPROVALS],
    ['a passkey', POLICY.replaceAll('mfa: any', 'mfa: phishing_resistant')],
    [
      'one more piece of evidence',
      POLICY.replace(
        '- evidence: rollback_plan',
        '- evidence: rollback_plan\n      - evidence: impact_analysis',
      ),
    ],
    ['a rule that denies it', NO_DEPLOYS],
    [
      'another environment for the tool',
      POLICY.replace(
        'deploy.production: { risk: production_control_plane, environment: production }',
        'deploy.production: { risk: production_control_plane, environment: staging }',
      ),
    ],
  ])('a policy that now asks for %s: policy_tightened, burnt', async (_what, source) => {
    expect(source).not.toBe(POLICY)
    const { requestId, token } = await collected()
    await publish(w, source)
    await refused(requestId, token, 'policy_tightened')
  })

  it('a policy that asks for less than the pinned one changes nothing', async () => {
    const { token } = await collected()
    await publish(w, POLICY.replace('- evidence: rollback_plan', '- mfa: any'))
    expect(await redeem(w, token)).toBe('ok')
  })

  it('a window that shut: window_closed, and the grant waits until it opens', async () => {
    const { requestId, token } = await collected()
    await publish(w, FROZEN)
    await refused(requestId, token, 'window_closed')
    await publish(w, POLICY)
    expect(await redeem(w, token)).toBe('ok')
  })

  it('a caller that was deactivated: its released action does not run', async () => {
    const { requestId, token } = await collected()
    await db.caller.update({ where: { id: w.callerId }, data: { active: false } })
    expect(await redeem(w, token)).toBe('policy_tightened')
    expect(await grantOf(requestId)).toBe('burnt')
    await db.caller.update({ where: { id: w.callerId }, data: { active: true } })
  })

  it('a caller that lost the environment: its released action does not run', async () => {
    const { requestId, token } = await collected()
    const environments = ['production', 'staging']
    await db.caller.update({ where: { id: w.callerId }, data: { environments: ['staging'] } })
    await refused(requestId, token, 'policy_tightened')
    await db.caller.update({ where: { id: w.callerId }, data: { environments } })
  })

  it('no token is handed out for what may not run now, and the grant stays', async () => {
    const requestId = await released(w)
    const ask = { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
    for (const [source, code] of [
      [FROZEN, 'window_closed'],
      [TWO_APPROVALS, 'policy_tightened'],
      [NO_DEPLOYS, 'policy_tightened'],
    ] as const) {
      await publish(w, source)
      expect(await collectToken(w.runtime, ask)).toMatchObject({ ok: false, refusal: { code } })
      expect(await grantOf(requestId)).toBe('ready')
    }
    await publish(w, POLICY)
    must(await collectToken(w.runtime, ask))
  })
})

describe('what tightens and what redeems are put in a row', () => {
  afterEach(() => publish(w, POLICY))

  it('publishing waits for a redemption under way and is in force for the next one', async () => {
    const { requestId, token } = await collected()
    const gate = await heldAsByARedemption(requestId)
    const published = publish(w, TWO_APPROVALS)
    await waitingForGate(1)
    // This one comes after the publication, so it waits behind it and sees what it says.
    const redeemed = redeem(w, token)
    await waitingForGate(2)
    expect(await Promise.race([published, redeemed, pause(50, 'nobody yet')])).toBe('nobody yet')
    gate.end()
    await published
    expect(await redeemed).toBe('policy_tightened')
    expect(await grantOf(requestId)).toBe('burnt')
  })

  it('a redemption that came first is not undone by what is published while it commits', async () => {
    const { requestId, token } = await collected()
    const row = new pg.Client({ connectionString: url })
    await row.connect()
    await row.query('BEGIN')
    await row.query('SELECT 1 FROM requests WHERE id = $1 FOR UPDATE', [requestId])
    const redeemed = redeem(w, token)
    await vi.waitFor(async () => expect(await count(ON_A_ROW)).toBe(1), SOON)
    const published = publish(w, TWO_APPROVALS)
    await waitingForGate(1)
    await row.query('COMMIT')
    await row.end()
    expect(await redeemed).toBe('ok')
    await published
    expect(await grantOf(requestId)).toBe('redeemed')
  })

  it('a member is removed either before or after a redemption, never in the middle', async () => {
    const { requestId, token } = await collected()
    const gate = await heldAsByARedemption(requestId)
    const membership = { group: 'release_managers', personId: w.mara.id, byPersonId: null }
    const removed = removeMember(w.runtime, membership)
    await waitingForGate(1)
    const redeemed = redeem(w, token)
    await waitingForGate(2)
    gate.end()
    must(await removed)
    expect(await redeemed).toBe('voter_ineligible')
    await join(w.runtime, 'release_managers', w.mara.id)
  })

  it('an immediate ALLOW is not written by a policy that was replaced while it was decided', async () => {
    const contract = { goal: 'Look it up', tools: ['search.docs'] }
    const input = {
      contract,
      callerId: w.callerId,
      keyId: w.agent.keyId,
      runKey: null,
      supersedes: null,
    }
    const gate = await heldAsByARedemption(await submit(w))
    const published = publish(w, STRICT_SEARCH)
    await waitingForGate(1)
    const submitted = submitRequest(w.runtime, input)
    await waitingForGate(2)
    gate.end()
    await published
    expect(await submitted).toMatchObject({ ok: false, refusal: { code: 'policy_unavailable' } })
    const { requestId } = must(await submitRequest(w.runtime, input))
    expect((await standing(w, requestId)).verdict).toBe('DEFER')
    await publish(w, POLICY)

    const earlier = await submit(w)
    const second = await heldAsByARedemption(earlier)
    const stricter = publish(w, STRICT_SEARCH)
    await waitingForGate(1)
    const successor = submitRequest(w.runtime, { ...input, supersedes: earlier })
    await waitingForGate(2)
    second.end()
    await stricter
    expect(await successor).toMatchObject({ ok: false, refusal: { code: 'policy_unavailable' } })
    expect((await standing(w, earlier)).state).toBe('open')
  })
})

describe('a policy that cannot be loaded', () => {
  it('holds everything, costs nobody a grant, and is recovered from by itself', async () => {
    const { requestId, token } = await collected()
    const open = await submit(w)
    await attachPlan(w, open, w.aiko)
    must(await approve(w, open, w.mara))
    const version = await publish(w, `${POLICY}# to be damaged\n`)
    await tamper(w, `UPDATE policy_versions SET source = source || ' ' WHERE version = $1`, version)
    // A process that has not compiled it yet.
    const runtime = await createRuntime(w.runtime.config)
    const fresh: World = { ...w, runtime }
    expect(await redeem(fresh, token)).toBe('policy_unavailable')
    expect(await grantOf(requestId)).toBe('collected')
    const ask = { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
    await tamper(
      w,
      `UPDATE grants SET token_expires_at = created_at WHERE request_id = $1`,
      requestId,
    )
    const collecting = await collectToken(runtime, ask)
    expect(collecting).toMatchObject({ ok: false, refusal: { code: 'policy_unavailable' } })
    await expect(settled(fresh, open)).rejects.toThrow('cannot be loaded')
    expect((await standing(w, open)).state).toBe('open')
    const input = {
      contract: w.contract,
      callerId: w.callerId,
      keyId: w.agent.keyId,
      runKey: null,
      supersedes: null,
    }
    const submitted = await submitRequest(runtime, input)
    expect(submitted).toMatchObject({ ok: false, refusal: { code: 'policy_unavailable' } })

    await tamper(
      w,
      `UPDATE policy_versions SET source = rtrim(source, ' ') WHERE version = $1`,
      version,
    )
    expect((await settled(fresh, open)).state).toBe('released')
    expect(await redeem(fresh, must(await collectToken(runtime, ask)).token)).toBe('ok')
    await runtime.close()
  })

  it('one whose rule throws on the contract holds it, and the grant stays', async () => {
    const { requestId, token } = await collected()
    await publish(
      w,
      `${POLICY}
  - name: throws
    effect: require
    when: tool.arguments.region == "eu"
    require: [{ mfa: any }]
`,
    )
    expect(await redeem(w, token)).toBe('policy_unavailable')
    expect(await grantOf(requestId)).toBe('collected')
    const held = await submit(w)
    const { verdict, issues } = await standing(w, held)
    expect(verdict).toBe('DEFER')
    expect((issues as { code: string }[]).map(({ code }) => code)).toContain('policy_error')
    await publish(w, POLICY)
    expect(await redeem(w, token)).toBe('ok')
  })
})

describe('a token', () => {
  it('collected 50 times at once is one token, recorded once', async () => {
    const requestId = await released(w)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => collect(w, requestId)))
    expect(new Set(tokens).size).toBe(1)
    const where = { stream: `request:${requestId}`, type: 'grant.collected' }
    expect(await db.event.count({ where })).toBe(1)
  })

  it('collected while its grant is revoked is worth nothing, whichever came first', async () => {
    const actor = { kind: 'person', id: w.tomas.id } as const
    for (let i = 0; i < 10; i++) {
      const requestId = await released(w)
      const ask = { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
      const [collecting, revoked] = await Promise.all([
        collectToken(w.runtime, ask),
        revokeGrant(w.runtime, { requestId, actor, reason: null }),
      ])
      must(revoked)
      expect(await grantOf(requestId)).toBe('revoked')
      if (collecting.ok) expect(await redeem(w, collecting.value.token)).toBe('grant_revoked')
      const events = await db.event.findMany({ where: { stream: `request:${requestId}` } })
      const ordinals = events.map(({ ordinal }) => ordinal).sort((a, b) => a - b)
      expect(ordinals).toEqual(events.map((_, index) => index + 1))
    }
  })
})

describe('a redemption is for one action in one place', () => {
  const ARGUMENTS = { 'deploy.production': { version: '2026.03.14', regions: ['eu', 'us'] } }
  const bound: Contract = { ...w.contract, arguments: ARGUMENTS }
  const others: [string, JsonObject | undefined][] = [
    [
      'other values',
      { 'deploy.production': { ...ARGUMENTS['deploy.production'], version: '2026.03.15' } },
    ],
    [
      'another order in a list',
      { 'deploy.production': { ...ARGUMENTS['deploy.production'], regions: ['us', 'eu'] } },
    ],
    ['more', { 'deploy.production': { ...ARGUMENTS['deploy.production'], force: true } }],
    ['less', { 'deploy.production': { version: '2026.03.14' } }],
    ['another tool', { 'deploy.staging': ARGUMENTS['deploy.production'] }],
    ['none', undefined],
  ]

  it.each(others)('arguments with %s: digest_mismatch, burnt', async (_what, other) => {
    const { requestId, token } = await collected(bound)
    await refused(requestId, token, 'digest_mismatch', call({ arguments: other }))
  })

  it('arguments where the contract has none: digest_mismatch, burnt', async () => {
    const { requestId, token } = await collected()
    await refused(requestId, token, 'digest_mismatch', call({ arguments: {} }))
  })

  it('equal arguments run, in whatever order their members come', async () => {
    const { token } = await collected(bound)
    const { version, regions } = ARGUMENTS['deploy.production']
    const same = { 'deploy.production': { regions, version } }
    expect(await redeem(w, token, call({ arguments: same }))).toBe('ok')
  })

  it('a precondition that no longer holds, or was not looked at: burnt; one that holds runs', async () => {
    const preconditions = [{ name: 'plan', equals: { sha: 'abc' } }]
    const seen: JsonObject[] = [
      { plan: { sha: 'abd' } },
      { plan: null },
      {},
      { plans: { sha: 'abc' } },
    ]
    const contract = { ...w.contract, preconditions }
    for (const observed of seen) {
      const { requestId, token } = await collected(contract)
      await refused(requestId, token, 'precondition_failed', call({ observed }))
    }
    const { token } = await collected(contract)
    expect(await redeem(w, token, call({ observed: { plan: { sha: 'abc' }, more: 1 } }))).toBe('ok')
  })

  it('an obligation that was not acknowledged as it is: nothing runs until it is', async () => {
    const constraints = [...(w.contract.constraints ?? []), 'max_cost_usd: 5', 'dry-run']
    const { requestId, token } = await collected({ ...w.contract, constraints })
    const dry = { name: 'dry_run', value: true }
    for (const acknowledgedObligations of [
      [],
      [dry],
      [dry, { name: 'max_cost_usd', value: 6 }],
      [dry, { name: 'max_cost_usd', value: '5' }],
    ]) {
      await refused(requestId, token, 'obligation_unknown', call({ acknowledgedObligations }))
    }
    const acknowledgedObligations = [{ name: 'max_cost_usd', value: 5 }, dry]
    expect(await redeem(w, token, call({ acknowledgedObligations }))).toBe('ok')
  })

  it.each(['staging', null, 'Production'])(
    'environment %s: environment_mismatch',
    async (environment) => {
      const { requestId, token } = await collected()
      await refused(requestId, token, 'environment_mismatch', call({ environment }))
      expect(await redeem(w, token)).toBe('ok')
    },
  )

  it('another caller’s key cannot redeem it, and burns nothing', async () => {
    const { requestId, token } = await collected()
    const twin = await anotherCaller(w, 'a caller of the same audience')
    const { callerId, runtime } = twin
    await refused(requestId, token, 'key_mismatch', { callerId, keyId: runtime.keyId })
    const wrong = { ...call({ arguments: { x: 1 } }), callerId, keyId: runtime.keyId }
    await refused(requestId, token, 'key_mismatch', wrong)
    expect(await redeem(w, token)).toBe('ok')
  })

  it('another audience cannot redeem it, and burns nothing', async () => {
    const { requestId, token } = await collected()
    await refused(requestId, token, 'audience_mismatch', { audience: 'billing-runner' })
    expect(await redeem(w, token)).toBe('ok')
  })
})

describe('a grant that is over stays over', () => {
  it('revoked: its token is worth nothing', async () => {
    const { requestId, token } = await collected()
    const actor = { kind: 'person', id: w.tomas.id } as const
    must(await revokeGrant(w.runtime, { requestId, actor, reason: 'Wrong week.' }))
    expect(await redeem(w, token)).toBe('grant_revoked')
    expect(await grantOf(requestId)).toBe('revoked')
  })

  it('past its execution window: refused before and after the clock worker says so', async () => {
    const { requestId, token } = await collected()
    await tamper(
      w,
      'UPDATE grants SET ends_at = clock_timestamp() WHERE request_id = $1',
      requestId,
    )
    expect(await redeem(w, token)).toBe('grant_lapsed')
    must(await lapseGrant(w.runtime, requestId))
    expect(await redeem(w, token)).toBe('grant_lapsed')
    expect(await grantOf(requestId)).toBe('lapsed')
  })

  it('replaced by a newer token: only the newest counts, and the old one burns nothing', async () => {
    const { requestId, token } = await collected()
    const past = 'UPDATE grants SET token_expires_at = clock_timestamp() WHERE request_id = $1'
    await tamper(w, past, requestId)
    const newer = await collect(w, requestId)
    expect(newer).not.toBe(token)
    await refused(requestId, token, 'token_replaced')
    await refused(requestId, token, 'token_replaced', call({ arguments: { x: 1 } }))
    expect(await redeem(w, newer)).toBe('ok')
  })

  it('from before a restore: neither its token nor a new one', async () => {
    const { requestId, token } = await collected()
    await db.installation.update({ where: { id: 1 }, data: { generation: { increment: 1 } } })
    await refused(requestId, token, 'old_generation')
    const ask = { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
    const again = await collectToken(w.runtime, ask)
    expect(again).toMatchObject({ ok: false, refusal: { code: 'old_generation' } })
    await db.installation.update({ where: { id: 1 }, data: { generation: { decrement: 1 } } })
  })

  it('expired: refused, and collected anew while the grant lives', async () => {
    const { requestId, token } = await collected()
    const sixMinutes = 6 * 60_000
    const later = { ...w.runtime, now: () => Date.now() + sixMinutes }
    expect(await redeem({ ...w, runtime: later }, token)).toBe('expired')
    expect(await grantOf(requestId)).toBe('collected')
  })

  it.each([-20_000, 20_000])(
    'a process whose clock is off by %i ms redeems all the same',
    async (off) => {
      const { token } = await collected()
      const runtime = { ...w.runtime, now: () => Date.now() + off }
      expect(await redeem({ ...w, runtime }, token)).toBe('ok')
    },
  )

  it('expired by the database’s clock: a process whose clock is behind cannot redeem it', async () => {
    const { requestId, token } = await collected()
    const past = 'UPDATE grants SET token_expires_at = clock_timestamp() WHERE request_id = $1'
    await tamper(w, past, requestId)
    const runtime = { ...w.runtime, now: () => Date.now() - 20_000 }
    expect(await redeem({ ...w, runtime }, token)).toBe('expired')
  })

  it('redeemed: the same runtime hears its ok again for a minute, nobody else ever', async () => {
    const { requestId, token } = await collected()
    const first = must(await redeemToken(w.runtime, redemption(w, token)))
    const again = must(await redeemToken(w.runtime, redemption(w, token)))
    expect(again).toEqual({ ...first, isReplay: true })
    expect(await redeem(w, token, { nonce: 'a nonce after a restart' })).toBe('already_redeemed')
    expect(await redeem(w, token, { keyId: 'key_other' })).toBe('already_redeemed')
    expect(await redeem(w, token, call({ environment: 'staging' }))).toBe('already_redeemed')
    await tamper(
      w,
      `UPDATE grants SET redeemed_at = redeemed_at - interval '61 s' WHERE request_id = $1`,
      requestId,
    )
    expect(await redeem(w, token)).toBe('already_redeemed')
  })

  it('50 repeats of one redemption at once are one execution, which all of them hear', async () => {
    const { requestId, token } = await collected()
    const tries = await Promise.all(
      Array.from({ length: 50 }, () => redeemToken(w.runtime, redemption(w, token))),
    )
    const heard = tries.map(must)
    expect(heard.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
    expect(new Set(heard.map(({ redeemedAt }) => redeemedAt)).size).toBe(1)
    const where = { stream: `request:${requestId}`, type: 'grant.redeemed' }
    expect(await db.event.count({ where })).toBe(1)
  })
})

describe('a token that is not ours', () => {
  const part = (value: object) => base64url.encode(JSON.stringify(value))
  const forged: [string, (token: string) => string][] = [
    [
      'signed by nobody',
      (token) => `${part({ alg: 'none', typ: 'allow+jwt' })}.${token.split('.')[1]}.`,
    ],
    [
      'of another type',
      (token) => [part({ ...headerOf(token), typ: 'JWT' }), ...token.split('.').slice(1)].join('.'),
    ],
    ['without an end', (token) => withClaims(token, { exp: undefined })],
    ['with a later end', (token) => withClaims(token, { exp: 4_000_000_000 })],
    [
      'for another request',
      (token) => withClaims(token, { sub: 'req_01ARZ3NDEKTSV4RRFFQ69G5FAV' }),
    ],
    ['cut short', (token) => token.slice(0, -10)],
  ]

  it.each(forged)('%s is refused and leaves the grant as it is', async (_what, forge) => {
    const { requestId, token } = await collected()
    expect(await redeem(w, forge(token))).toBe('token_invalid')
    expect(await grantOf(requestId)).toBe('collected')
    expect(await redeem(w, token)).toBe('ok')
  })

  function claimsOf(token: string, index: 0 | 1): JsonObject {
    return JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[index] ?? '')))
  }
  function headerOf(token: string): JsonObject {
    return claimsOf(token, 0)
  }
  function withClaims(token: string, changed: object): string {
    const [head, , signature] = token.split('.')
    return `${head}.${part({ ...claimsOf(token, 1), ...changed })}.${signature}`
  }
})

/** A transaction that has come as far as a redemption's lock, kept open until told to end. */
async function heldAsByARedemption(requestId: string): Promise<{ end: () => void }> {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  await new Promise<void>((held) => {
    void db.$transaction(async (tx) => {
      // Another request's row, so that nothing but the gate keeps anybody waiting.
      const other = await tx.request.findFirstOrThrow({ where: { id: { not: requestId } } })
      await lockRequest(tx, other.id)
      held()
      await ended
    })
  })
  return { end }
}

const AT_THE_GATE = `SELECT count(*)::int AS count FROM pg_locks
  WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
const ON_A_ROW = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')`

async function count(query: string): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ count: number }[]>(query)
  return row?.count ?? 0
}

async function waitingForGate(many: number): Promise<void> {
  await vi.waitFor(async () => expect(await count(AT_THE_GATE)).toBe(many), SOON)
}
