import { describe, expect, it } from 'vitest'
import { cliWorld, SLOW_MS, STAGING } from '../../../test/cli-world'

const { w, cli, deployScript, timesRun, staging, grantOf } = await cliWorld()

describe('the command', { timeout: SLOW_MS }, () => {
  it('passes its exit code on, and a failure is reported as one', async () => {
    const script = await deployScript('exit 7')
    const { code, err } = await cli.run(
      ['run', '--contract', await staging(), '--', script],
      STAGING,
    )
    expect(code).toBe(7)
    const id = /(req_\w+)/.exec(err)?.[1] ?? ''
    expect(await grantOf(id)).toEqual({ state: 'reported', outcome: 'failed' })
  })

  it('gets the signals that this program gets', async () => {
    const script = await deployScript('sleep 300 &\ntrap "kill $!; exit 9" TERM\necho ready\nwait')
    const started = cli.start(['run', '--contract', await staging(), '--', script], STAGING)
    await started.says(/ready/)
    started.child.kill('SIGTERM')
    expect((await started.end).code).toBe(9)
  })

  it('ended by a signal did not say how far it came: unknown is reported', async () => {
    const script = await deployScript('kill -9 $$')
    const { code, err } = await cli.run(
      ['run', '--contract', await staging(), '--', script],
      STAGING,
    )
    expect(code).toBe(137)
    const id = /(req_\w+)/.exec(err)?.[1] ?? ''
    expect(await grantOf(id)).toEqual({ state: 'reported', outcome: 'unknown' })
  })

  it('that is not there, or may not be executed, costs no request', async () => {
    const before = await w.runtime.db.request.count()
    const contract = await staging()
    const run = (program: string) =>
      cli.run(['run', '--contract', contract, '--', program], STAGING)
    expect((await run('./nowhere.sh')).code).toBe(127)
    await cli.file('plain.sh', '#!/bin/sh')
    expect((await run('./plain.sh')).code).toBe(126)
    expect((await cli.run(['run', '--contract', contract], STAGING)).code).toBe(64)
    expect(await w.runtime.db.request.count()).toBe(before)
  })

  it('says it in one JSON document, with what the command prints on stderr', async () => {
    const script = await deployScript('echo hello')
    const args = ['run', '--json', '--contract', await staging(), '--', script]
    const { code, out, err } = await cli.run(args, STAGING)
    expect(code).toBe(0)
    expect(err).toContain('hello\n')
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      exit: 'ran',
      exit_code: 0,
      ran: true,
      outcome: 'succeeded',
      reported: true,
      request: { state: 'released', grant: { outcome: 'succeeded' } },
    })
    expect(out + err).not.toContain(w.agent.key)
    expect(out + err).not.toContain(w.runtimeKey.key)
  })
})

describe('what is signed', { timeout: SLOW_MS }, () => {
  it('says which command runs: another one is refused before anything is sent', async () => {
    const before = await w.runtime.db.request.count()
    const script = await deployScript()
    for (const bound of [['./other.sh'], { command: [script, '--force'] }, { command: 'x' }]) {
      const contract = await staging({ arguments: { 'deploy.staging': bound } })
      const { code, err } = await cli.run(['run', '--contract', contract, '--', script], STAGING)
      expect([code, err]).toEqual([64, expect.stringContaining('Nothing was sent.')])
    }
    expect(await w.runtime.db.request.count()).toBe(before)
    const contract = await staging({ arguments: { 'deploy.staging': [script, 'a b'] } })
    const args = ['run', '--contract', contract, '--', script, 'a b']
    expect((await cli.run(args, STAGING)).code).toBe(0)
    expect(await timesRun(script)).toBe(1)
  })

  it('has the command in it with --bind, and says that it has not without', async () => {
    const script = await deployScript()
    const contract = await staging()
    const loose = await cli.run(['run', '--contract', contract, '--', script], STAGING)
    expect(loose.err).toContain('nobody signs the command')
    const args = ['run', '--bind', '--contract', contract, '--json', '--', script, '--fast']
    const { err, out } = await cli.run(args, STAGING)
    expect(err).not.toContain('nobody signs the command')
    const { contract: signed } = await w.runtime.db.request.findUniqueOrThrow({
      where: { id: JSON.parse(out).request_id },
    })
    expect(signed).toMatchObject({
      arguments: { 'deploy.staging': { release: '2026.03.14', command: [script, '--fast'] } },
    })
  })

  it('has preconditions: looked at right before redeeming, another world burns the grant', async () => {
    const script = await deployScript()
    const preconditions = [
      { name: 'plan', equals: 'as planned' },
      { name: 'replicas', equals: 3 },
    ]
    const contract = await staging({ preconditions })
    const args = (...more: string[]) => ['run', '--contract', contract, ...more, '--', script]
    const plan = ['--observe', 'plan=cat plan.txt']
    await cli.file('plan.txt', 'as planned\n')
    expect((await cli.run(args(...plan), STAGING)).code).toBe(64)
    const good = await cli.run(args(...plan, '--observe', 'replicas=echo 3'), STAGING)
    expect([good.code, await timesRun(script)]).toEqual([0, 1])
    const blind = await cli.run(args(...plan, '--observe', 'replicas=exit 4'), STAGING)
    expect([blind.code, blind.err]).toEqual([86, expect.stringContaining('the grant stays')])
    const other = await cli.run(args(...plan, '--observe', 'replicas=echo 4', '--json'), STAGING)
    expect(other.code).toBe(86)
    expect(JSON.parse(other.out)).toMatchObject({ exit: 'refused', code: 'precondition_failed' })
    expect(await timesRun(script)).toBe(1)
  })

  it('has obligations: it runs only where they are kept, and the command is told', async () => {
    const script = await deployScript('echo "$COUNTERSIGN_OBLIGATIONS"')
    const contract = await staging({ constraints: ['max_cost_usd: 5'] })
    const refused = await cli.run(['run', '--contract', contract, '--', script], STAGING)
    expect([refused.code, refused.err]).toEqual([86, expect.stringContaining('max_cost_usd')])
    const args = ['run', '--contract', contract, '--keeps', 'max_cost_usd', '--', script]
    const kept = await cli.run(args, STAGING)
    expect(kept.code).toBe(0)
    expect(JSON.parse(kept.out)).toEqual([{ name: 'max_cost_usd', value: 5 }])
  })
})

describe('keys', { timeout: SLOW_MS }, () => {
  it('that are wrong end it before anything runs', async () => {
    const script = await deployScript()
    const contract = await staging()
    const env = { ...STAGING.env, COUNTERSIGN_AGENT_KEY: `${w.agent.key.slice(0, -4)}aaaa` }
    const agent = await cli.run(['run', '--contract', contract, '--', script], { env })
    expect(agent.code).toBe(77)
    const swapped = { ...STAGING.env, COUNTERSIGN_RUNTIME_KEY: w.agent.key }
    const runtime = await cli.run(['run', '--contract', contract, '--', script], { env: swapped })
    expect(runtime.code).toBe(77)
    expect(agent.err + runtime.err).not.toContain('csk_')
    expect(await timesRun(script)).toBe(0)
  })

  it('may be in two places: an agent submits, and a runtime without its key runs', async () => {
    const script = await deployScript()
    const contract = await staging()
    const agent = { env: { COUNTERSIGN_RUNTIME_KEY: '' } }
    const asked = await cli.run(['request', '--contract', contract, '--json'], agent)
    expect(asked.code).toBe(0)
    const id: string = JSON.parse(asked.out).request.request_id
    const env = { ...STAGING.env, COUNTERSIGN_AGENT_KEY: '' }
    const args = ['run', '--contract', contract, '--request', id, '--', script]
    expect((await cli.run(args, { env })).code).toBe(0)
    expect((await cli.run(args, { env })).code).toBe(87)
    expect(await timesRun(script)).toBe(1)
  })

  it('a server that is away ends it, and what runs is nothing', async () => {
    const script = await deployScript()
    const env = { ...STAGING.env, COUNTERSIGN_URL: 'http://127.0.0.1:9' }
    const { code } = await cli.run(['run', '--contract', await staging(), '--', script], { env })
    expect(code).toBe(69)
    expect(await timesRun(script)).toBe(0)
  })
})
