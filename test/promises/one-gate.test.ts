import { describe, expect, it } from 'vitest'
import { collectToken } from '#lib/commands/grant/collect-token'
import { redeemToken } from '#lib/commands/grant/redeem-token'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { readContract } from '#lib/core/contract/contract'
import { testDatabase } from '../database'
import { approve, attachPlan, must, submit, world } from '../world'

const { url } = await testDatabase()
const w = await world(url)

const BOUND = JSON.stringify({
  goal: 'Deploy with limits',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14' } },
  constraints: ['max_cost_usd: 5', 'dry-run'],
})

async function released(contract = w.contract): Promise<string> {
  const requestId = await submit(w, contract)
  await attachPlan(w, requestId, w.aiko)
  must(await approve(w, requestId, w.mara))
  expect(must(await reevaluate(w.runtime, { requestId, cause: 'test' })).state).toBe('released')
  return requestId
}

const by = () => ({ callerId: w.callerId, keyId: w.runtimeKey.keyId })

/** As somebody does who can write the database and switches the guard in it off. */
async function tamper(table: string, statement: string): Promise<void> {
  const { db } = w.runtime
  await db.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  await db.$executeRawUnsafe(statement)
  await db.$executeRawUnsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
}

describe('the one gate of collect and redeem', () => {
  it('gives no token while the policy cannot be evaluated, so none lacks its obligations', async () => {
    const requestId = await released(must(readContract(BOUND)))
    const broken = `INSERT INTO policy_versions (version, name, ordinal, digest, source)
      VALUES ('main@900+00000000', 'main', 900, 'sha-256:0', 'not: a policy')`
    await w.runtime.db.$executeRawUnsafe(broken)
    const refused = await collectToken(w.runtime, { requestId, ...by() })
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'policy_unavailable' } })
    await tamper('policy_versions', 'DELETE FROM policy_versions WHERE ordinal = 900')
    const { claims } = must(await collectToken(w.runtime, { requestId, ...by() }))
    expect(claims.environment).toBe('production')
    expect(claims.obligations.map(({ name }) => name).sort()).toEqual(['dry_run', 'max_cost_usd'])
  })
})

describe('what was hashed', () => {
  it('is what is evaluated: a contract changed in the database is refused by vote, release and redeem', async () => {
    const requestId = await submit(w)
    await tamper(
      'requests',
      `UPDATE requests SET hashed = replace(hashed, '2026.03.14', '2026.06.66') WHERE id = '${requestId}'`,
    )
    const vote = await approve(w, requestId, w.mara)
    expect(vote).toMatchObject({ ok: false, refusal: { code: 'review_changed' } })
    await expect(reevaluate(w.runtime, { requestId, cause: 'test' })).rejects.toThrow()
    const ready = await released()
    const { token } = must(await collectToken(w.runtime, { requestId: ready, ...by() }))
    await tamper(
      'requests',
      `UPDATE requests SET hashed = replace(hashed, '2026.03.14', '2026.06.66') WHERE id = '${ready}'`,
    )
    const redeemed = await redeemToken(w.runtime, {
      token,
      call: { observed: {}, acknowledgedObligations: [], environment: 'production' },
      nonce: 'a nonce of sixteen characters',
      audience: 'deploy-runner',
      ...by(),
    })
    expect(redeemed).toMatchObject({ ok: false, refusal: { code: 'digest_mismatch' } })
  })

  it('cannot be changed by a plain UPDATE, whoever sends it', async () => {
    const requestId = await submit(w)
    const update = `UPDATE requests SET contract = '{}' WHERE id = '${requestId}'`
    await expect(w.runtime.db.$executeRawUnsafe(update)).rejects.toThrow('append-only')
    const source = "UPDATE policy_versions SET source = ''"
    await expect(w.runtime.db.$executeRawUnsafe(source)).rejects.toThrow('append-only')
  })
})

describe('people who change', () => {
  it('wake the tickets that wait for them', async () => {
    const requestId = await submit(w)
    await w.runtime.db.request.update({ where: { id: requestId }, data: { nextCheckAt: null } })
    const { removeMember } = await import('#lib/commands/directory/remove-member')
    const gone = { group: 'release_managers', personId: w.tomas.id, byPersonId: null }
    must(await removeMember(w.runtime, gone))
    const row = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(row.nextCheckAt).not.toBeNull()
  })
})
