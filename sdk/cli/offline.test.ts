import { describe, expect, it } from 'vitest'
import { defaultPack } from '#lib/policies/packs/default'
import { cliWorld, SLOW_MS } from '../../test/cli-world'
import { recordOf } from '../../test/record-lines'
import { approve, attachPlan, SEED_CONTRACT, submit } from '../../test/world'

const { w, cli } = await cliWorld()
/** Nothing of an installation. */
const OFFLINE = {
  env: { COUNTERSIGN_URL: '', COUNTERSIGN_AGENT_KEY: '', COUNTERSIGN_RUNTIME_KEY: '' },
}
const run = (...args: string[]) => cli.run(args, OFFLINE)
const policy = defaultPack({ zone: 'Europe/Berlin', businessHours: 'weekdays' })
await cli.file('policy.yaml', policy)
await cli.file('deploy.json', SEED_CONTRACT)

describe('policy check', { timeout: SLOW_MS }, () => {
  it('takes the shipped policy, and says what it does not know', async () => {
    const { code, out } = await run('policy', 'check', 'policy.yaml')
    expect([code, out]).toEqual([0, expect.stringMatching(/^Good: policy\.yaml, \d+ tools/)])
    expect(out).toContain('not checked: give --members')
  })

  it('names each fault with its line and place', async () => {
    await cli.file('bad.yaml', policy.replace('group: release_managers', 'group: nobody_knows'))
    const { code, out } = await run('policy', 'check', 'bad.yaml')
    expect([code, out]).toEqual([1, expect.stringMatching(/Line \d+: There is no group named/)])
    const told = await run('policy', 'check', 'bad.yaml', '--json')
    expect(JSON.parse(told.out)).toMatchObject({
      ok: false,
      code: 'policy_invalid',
      problems: [{ path: expect.stringContaining('/group') }],
    })
    expect((await run('policy', 'check', 'nothing.yaml')).code).toBe(64)
  })

  it('says when the groups could not give what is asked', async () => {
    const all = { release_managers: ['mara'], finance_approvers: ['ines', 'mara'] }
    const others = { data_stewards: ['ines', 'mara'], security_approvers: ['ines', 'mara'] }
    await cli.file('members.json', { ...all, ...others })
    const good = await run('policy', 'check', 'policy.yaml', '--members', 'members.json')
    expect([good.code, good.out]).toEqual([0, expect.stringContaining('could give every approval')])
    await cli.file('few.json', { ...all, ...others, finance_approvers: ['ines'] })
    const few = await run('policy', 'check', 'policy.yaml', '--members', 'few.json')
    expect([few.code, few.out]).toEqual([1, expect.stringContaining('policy_unsatisfiable')])
    expect((await run('policy', 'check', 'policy.yaml', '--members', 'deploy.json')).code).toBe(64)
  })

  it('shows what the deploy of the seed would get: held, with all that is missing', async () => {
    const args = ['policy', 'check', 'policy.yaml', '--contract', 'deploy.json', '--json']
    const at = ['--at', '2026-03-14T12:00:00Z']
    const held = await run(
      ...args,
      '--caller-role',
      'deployer',
      '--caller-environment',
      'production',
      ...at,
    )
    const { contract } = JSON.parse(held.out)
    expect(contract).toMatchObject({ verdict: 'DEFER', environment: 'production' })
    const states = contract.requirements.map((one: { kind: string; state: string }) => [
      one.kind,
      one.state,
    ])
    expect(Object.fromEntries(states)).toEqual({
      approval: 'missing',
      mfa: 'missing',
      evidence: 'missing',
      change_window: 'waiting',
    })
    const elsewhere = await run(...args, '--caller-environment', 'staging')
    expect(JSON.parse(elsewhere.out).contract.verdict).toBe('DENY')
  })
})

describe('audit verify', { timeout: SLOW_MS }, () => {
  it('verifies the record of a request, and names the entry where one byte was changed', async () => {
    const id = await submit(w)
    await attachPlan(w, id, w.aiko)
    await approve(w, id, w.mara)
    const lines = await recordOf(w, id)
    await cli.file('record.jsonl', `${lines.join('\n')}\n`)
    const good = await run('audit', 'verify', 'record.jsonl')
    expect([good.code, good.out]).toEqual([0, expect.stringContaining(`Good: the record of ${id}`)])
    const told = await run('audit', 'verify', 'record.jsonl', '--json')
    expect(JSON.parse(told.out)).toMatchObject({ ok: true, exit_code: 0, votes_by_trail: 1 })
    await cli.file('changed.jsonl', `${lines.join('\n').replace('"approve"', '"approvf"')}\n`)
    const bad = await run('audit', 'verify', 'changed.jsonl', '--json')
    expect(bad.code).toBe(1)
    expect(JSON.parse(bad.out)).toMatchObject({ ok: false, bad: { fault: 'hash' } })
    expect((await run('audit', 'verify')).code).toBe(64)
    expect((await run('audit', 'verify', 'record.jsonl', '--key', 'none')).code).toBe(64)
  })
})
