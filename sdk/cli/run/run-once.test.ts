import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { cliWorld, PRODUCTION, SLOW_MS, STAGING } from '../../../test/cli-world'
import { expire, reject, release } from '../../../test/settle'

const { w, api, proxy, cli, deployScript, timesRun, staging, held, grantOf } = await cliWorld()

const seedRun = (script: string, ...more: string[]) => [
  'run',
  '--contract',
  'deploy.json',
  ...more,
  '--',
  script,
]

async function stateOf(id: string): Promise<string> {
  return (await w.runtime.db.request.findUniqueOrThrow({ where: { id } })).state
}

async function keptRuns(): Promise<number> {
  const folder = path.join(cli.folder, 'home', '.local', 'state', 'countersign', 'runs')
  return (await readdir(folder).catch(() => [])).length
}

describe('the deploy of the seed', { timeout: SLOW_MS }, () => {
  it('runs once, and only after people have signed', async () => {
    const script = await deployScript('echo deployed; env | grep ^COUNTERSIGN_')
    const started = cli.start(seedRun(script), PRODUCTION)
    const id = await held(started)
    expect(started.said()).toContain('waiting for: ')
    expect(await timesRun(script)).toBe(0)
    await release(w, id)
    const { code, out, err } = await started.end
    expect({ code, out }).toEqual({ code: 0, out: `deployed\nCOUNTERSIGN_REQUEST_ID=${id}\n` })
    expect(err).toContain('Reported as succeeded.')
    expect(await timesRun(script)).toBe(1)
    expect(await grantOf(id)).toEqual({ state: 'reported', outcome: 'succeeded' })
    expect(await keptRuns()).toBe(0)
  })

  it('killed while waiting and started again, it is the same ticket and runs once', async () => {
    const script = await deployScript()
    const first = cli.start(seedRun(script), PRODUCTION)
    const id = await held(first)
    first.child.kill('SIGKILL')
    await first.end
    const second = cli.start(seedRun(script), PRODUCTION)
    expect(await held(second)).toBe(id)
    await release(w, id)
    expect((await second.end).code).toBe(0)
    expect(await timesRun(script)).toBe(1)
  })

  it('killed while it waited and released meanwhile, it runs when it is started again', async () => {
    const script = await deployScript()
    const first = cli.start(seedRun(script, '--run-id', 'released-meanwhile'), PRODUCTION)
    const id = await held(first)
    first.child.kill('SIGKILL')
    await first.end
    await release(w, id)
    const place = { ...PRODUCTION, cwd: cli.work }
    const second = await cli.run(seedRun(script, '--run-id', 'released-meanwhile'), place)
    expect(second.code).toBe(0)
    expect(await timesRun(script)).toBe(1)
  })

  it('rejected, it ends with a code of its own and tells who and why', async () => {
    const script = await deployScript()
    const started = cli.start(seedRun(script), PRODUCTION)
    const id = await held(started)
    await reject(w, id, 'Wrong week.')
    const { code, err } = await started.end
    expect(code).toBe(81)
    expect(err).toContain('Rejected by Tomás Rey: not_now: Wrong week.')
    expect(await timesRun(script)).toBe(0)
    expect(await keptRuns()).toBe(0)
  })

  it('expired, cancelled or superseded, it ends with the code of that', async () => {
    const script = await deployScript()
    const ends = {
      expired: (id: string) => expire(w, id),
      cancelled: (id: string) => cli.run(['cancel', id, '--reason', 'Withdrawn']),
      superseded: (id: string) =>
        cli.run(['request', '--contract', 'deploy.json', '--supersedes', id]),
    }
    const codes: Record<string, number | null> = {}
    for (const [name, settle] of Object.entries(ends)) {
      const started = cli.start(seedRun(script), PRODUCTION)
      await settle(await held(started))
      codes[name] = (await started.end).code
    }
    expect(codes).toEqual({ expired: 82, cancelled: 83, superseded: 84 })
    expect(await timesRun(script)).toBe(0)
  })

  it('Ctrl-C ends the wait, leaves the request open and says how to go on', async () => {
    const script = await deployScript()
    const first = cli.start(seedRun(script), PRODUCTION)
    const id = await held(first)
    first.child.kill('SIGINT')
    const { code, err } = await first.end
    expect(code).toBe(130)
    expect(err).toContain(`The request stays as it is: http://localhost:3000/tickets/${id}`)
    expect(err).toContain('start the same command again in this folder')
    expect(await stateOf(id)).toBe('open')
    const second = cli.start(seedRun(script), PRODUCTION)
    expect(await held(second)).toBe(id)
    second.child.kill('SIGTERM')
    expect((await second.end).code).toBe(143)
  })

  it('waits on through an outage of the server', async () => {
    const script = await deployScript()
    const started = cli.start(seedRun(script), PRODUCTION)
    const id = await held(started)
    await api.close()
    await release(w, id)
    await api.open()
    expect((await started.end).code).toBe(0)
    expect(await timesRun(script)).toBe(1)
  })

  it('gives up waiting when it is told to, and the request stays open', async () => {
    const script = await deployScript()
    const { code, out } = await cli.run(seedRun(script, '--timeout', '1s', '--json'), PRODUCTION)
    expect(code).toBe(75)
    const id: string = JSON.parse(out).request_id
    expect(await stateOf(id)).toBe('open')
  })
})

describe('a run that was redeemed', { timeout: SLOW_MS }, () => {
  it('is never run again after a kill: it is told as unknown, until somebody knows better', async () => {
    const script = await deployScript('echo "pid $$"\nexec sleep 300')
    const contract = await staging()
    const args = ['run', '--contract', contract, '--', script]
    const first = cli.start(args, STAGING)
    const pid = Number(await first.says(/pid (\d+)/))
    const id = await first.says(/(req_\w+) is released and redeemed/)
    first.child.kill('SIGKILL')
    process.kill(pid, 'SIGKILL')
    await first.end
    expect(await grantOf(id)).toEqual({ state: 'redeemed', outcome: null })
    const second = await cli.run(args, STAGING)
    expect(second.code).toBe(85)
    expect(second.err).toContain('how it ended is not known')
    expect(await grantOf(id)).toEqual({ state: 'reported', outcome: 'unknown' })
    expect((await cli.run(args, STAGING)).code).toBe(85)
    expect((await cli.run(['report', id, 'rolled_back'])).code).toBe(0)
    const third = await cli.run([...args.slice(0, 3), '--json', ...args.slice(3)], STAGING)
    expect(third.code).toBe(87)
    expect(JSON.parse(third.out)).toMatchObject({ exit: 'already_run', code: 'rolled_back' })
    expect(await timesRun(script)).toBe(1)
  })

  it('and killed before it heard so, never runs', async () => {
    const script = await deployScript()
    const args = ['run', '--contract', await staging(), '--', script]
    const first = cli.start(args, STAGING)
    proxy.onAnswer(async (seen) => {
      if (!seen.endsWith('/redeem')) return
      first.child.kill('SIGKILL')
      await first.end
    })
    await first.end
    proxy.onAnswer(() => undefined)
    expect((await cli.run(args, STAGING)).code).toBe(85)
    expect(await timesRun(script)).toBe(0)
    const anew = await cli.run(['run', '--new-run', ...args.slice(1)], STAGING)
    expect(anew.code).toBe(0)
    expect(await timesRun(script)).toBe(1)
  })

  it('and interrupted before it heard so, runs nothing and says that it may be used up', async () => {
    const script = await deployScript()
    const args = ['run', '--contract', await staging(), '--run-id', 'interrupted', '--', script]
    const first = cli.start(args, STAGING)
    proxy.onAnswer((seen) => {
      if (seen.endsWith('/redeem')) first.child.kill('SIGTERM')
      return seen.endsWith('/redeem') ? first.end.then(() => undefined) : undefined
    })
    const { code, err } = await first.end
    expect([code, err]).toEqual([85, expect.stringContaining('Whether it was redeemed')])
    const second = await cli.run(args, STAGING)
    expect(second.code).toBe(85)
    expect(await timesRun(script)).toBe(0)
  })

  it('runs in one of two processes that were started at once', async () => {
    const script = await deployScript()
    const args = ['run', '--contract', await staging(), '--', script]
    const ends = await Promise.all([cli.run(args, STAGING), cli.run(args, STAGING)])
    const codes = ends.map(({ code }) => code).sort()
    expect(codes[0]).toBe(0)
    expect([0, 85, 87]).toContain(codes[1])
    const id = /(req_\w+)/.exec(ends.map(({ err }) => err).join(''))?.[1] ?? ''
    expect(await grantOf(id)).toEqual({ state: 'reported', outcome: 'succeeded' })
    // The second may have begun after the first had come to its end: then it was another run.
    expect(await timesRun(script)).toBe(codes[1] === 0 ? 2 : 1)
  })

  it('whose outcome could not be told is told by the next start, and not run again', async () => {
    const script = await deployScript('exit 3')
    const args = ['run', '--contract', await staging(), '--', script]
    const refused = { status: 400, body: '{}' }
    proxy.fail('/outcome', refused, refused)
    const first = await cli.run(args, STAGING)
    expect(first.code).toBe(3)
    const id = /countersign report (req_\w+) failed/.exec(first.err)?.[1] ?? ''
    expect(await grantOf(id)).toEqual({ state: 'redeemed', outcome: null })
    const second = await cli.run(args, STAGING)
    expect(second.code).toBe(87)
    expect(second.err).toContain('It exited with 3. That is reported now.')
    expect(await grantOf(id)).toEqual({ state: 'reported', outcome: 'failed' })
    expect(await timesRun(script)).toBe(1)
  })
})
