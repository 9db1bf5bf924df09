import { execFile } from 'node:child_process'
import { constants, mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { cliWorld, PRODUCTION, SLOW_MS, STAGING } from '../../test/cli-world'
import { nearest } from './nearest'

const { w, proxy, cli, deployScript, timesRun, staging, held, grantOf } = await cliWorld()
const idIn = (text: string) => /(req_\w+)/.exec(text)?.[1] ?? ''
const problem = (status: number, code: string) =>
  JSON.stringify({ type: 'x', status, code, title: code, detail: code })

describe('the command', { timeout: SLOW_MS }, () => {
  it('that the system does not start is 126, told as failed, and costs the run', async () => {
    const script = await deployScript()
    const args = ['run', '--contract', await staging(), '--json', '--', script]
    const writer = await open(path.join(cli.work, script), 'r+')
    const { code, out, err } = await cli.run(args, STAGING)
    await writer.close()
    expect(code).toBe(126)
    expect(JSON.parse(out)).toMatchObject({ exit: 'ran', exit_code: 126, outcome: 'failed' })
    expect(await grantOf(idIn(err))).toEqual({ state: 'reported', outcome: 'failed' })
    expect(await timesRun(script)).toBe(0)
  })

  it('reads what is piped in, and a signal that is passed on leaves its pipe as it was', async () => {
    const script = await deployScript(
      'trap "echo caught" USR1\necho ready\nfor n in $(seq 600); do [ -e caught.now ] && break; sleep 0.1; done\ncat /proc/$$/fdinfo/0\nexec cat',
    )
    const args = ['run', '--contract', await staging(), '--', script]
    const started = cli.start(args, { ...STAGING, input: true })
    await started.says(/ready/)
    started.child.kill('SIGUSR1')
    await started.says(/caught/)
    await cli.file('caught.now', '')
    const flags = await started.says(/flags:\s+(\d+)/)
    // A pipe that does not block is an error to whoever reads from it and finds nothing yet.
    expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0)
    started.child.stdin.end('from the pipe\n')
    const { code, out } = await started.end
    expect([code, out]).toEqual([0, expect.stringContaining('from the pipe\n')])
  })

  it('hung up on is ended with 129 while it waits, and its request stays open', async () => {
    const script = await deployScript()
    const started = cli.start(['run', '--contract', 'deploy.json', '--', script], PRODUCTION)
    await held(started)
    started.child.kill('SIGHUP')
    expect((await started.end).code).toBe(129)
    expect(await timesRun(script)).toBe(0)
  })

  it('denied by policy ends with 80 and runs nothing', async () => {
    const script = await deployScript()
    const contract = await staging({ constraints: ['allowed_environment: production'] })
    const { code, err } = await cli.run(['run', '--contract', contract, '--', script], STAGING)
    expect([code, err]).toEqual([80, expect.stringContaining('Denied by policy')])
    expect(await timesRun(script)).toBe(0)
  })
})

describe('a redemption whose answer was lost', { timeout: SLOW_MS }, () => {
  it('and then refused by an overloaded server is unknown: 85, never run, and told', async () => {
    const script = await deployScript()
    const args = ['run', '--contract', await staging(), '--run-id', 'lost', '--', script]
    const busy = { status: 503, body: problem(503, 'unavailable') }
    proxy.fail('/redeem', 'answer_lost', busy, busy, busy, busy)
    const first = await cli.run(args, STAGING)
    expect([first.code, first.err]).toEqual([85, expect.stringContaining('is not known')])
    expect((await cli.run(args, STAGING)).code).toBe(85)
    expect(await timesRun(script)).toBe(0)
  })
})

describe('runs that begin at once', { timeout: SLOW_MS }, () => {
  it('many times over, each ends as one run does, and the command runs once for each request', async () => {
    const script = await deployScript()
    const before = await w.runtime.db.request.count()
    const args = ['run', '--contract', await staging(), '--', script]
    const ends = await Promise.all([1, 2, 3, 4].map(() => cli.run(args, STAGING)))
    for (const { code } of ends) expect([0, 85, 87]).toContain(code)
    const requests = (await w.runtime.db.request.count()) - before
    expect(ends.filter(({ code }) => code === 0)).toHaveLength(requests)
    expect(await timesRun(script)).toBe(requests)
  })
})

describe('--json', { timeout: SLOW_MS }, () => {
  it('gives one document however it ends', async () => {
    const page = { status: 200, body: '<html>' }
    proxy.fail('/req_1', page, page)
    const uses = [
      ['status', 'req_1'],
      ['status'],
      ['nonsense'],
      ['run', '--json', './deploy.sh'],
      ['status', '--config', 'nowhere.json', 'req_1'],
      [],
      ['--version'],
      ['verify', 'nothing.jwt'],
      ['audit', 'verify', 'nothing.jsonl'],
      ['policy', 'check', 'nothing.yaml'],
    ]
    for (const use of uses) {
      const { code, out } = await cli.run([...use, '--json'])
      expect(JSON.parse(out)).toMatchObject({ ok: code === 0, exit_code: code })
    }
  })

  it('gives it also where somebody interrupts twice', async () => {
    const script = await deployScript('echo ready')
    const args = ['run', '--json', '--contract', await staging(), '--', script]
    const started = cli.start(args, STAGING)
    let isHeld = false
    proxy.onAnswer((seen) => {
      if (!seen.endsWith('/outcome') || isHeld) return
      isHeld = true
      started.child.kill('SIGINT')
      return started
        .says(/once more to leave/)
        .then(() => void started.child.kill('SIGINT'))
        .then(() => started.end)
        .then(() => undefined)
    })
    const { code, out } = await started.end
    expect(code).toBe(130)
    expect(JSON.parse(out)).toMatchObject({ ok: false, exit: 'sigint', exit_code: 130 })
  })

  it('is whole where the reader is slow, and its absence is no fault where the reader is gone', async () => {
    const main = path.join(cli.folder, 'sdk', 'cli', 'main.js')
    const command = `"$NODE" "$MAIN" help run | head -1; "$NODE" "$MAIN" help run --json | { sleep 1; cat; }`
    const env = {
      NODE_ENV: 'test' as const,
      PATH: '/usr/bin:/bin',
      NODE: process.execPath,
      MAIN: main,
    }
    const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', command], { env })
    const [first = '', ...rest] = stdout.split('\n')
    expect(first).toMatch(/^countersign run/)
    expect(JSON.parse(rest.join('\n'))).toMatchObject({ ok: true })
    expect(stderr).toBe('')
  })
})

describe('a slip', { timeout: SLOW_MS }, () => {
  it('is answered with what was probably meant', async () => {
    const err = async (...args: string[]) => {
      const end = await cli.run(args)
      expect(end.code).toBe(64)
      return end.err
    }
    expect(await err('stauts', 'req_1')).toContain('Did you mean status?')
    expect(await err('audit', 'verfy', 'x')).toContain('Did you mean audit verify?')
    expect(await err('policy', 'p.yaml')).toContain('Did you mean policy check?')
    expect(await err('run', '--contrct', 'x', '--', 'ls')).toContain('Did you mean --contract?')
    expect(await err('wait', 'req_1', '--jsn')).toContain('Did you mean --json?')
    expect(await err('status', 'req_1', '--whatever')).not.toContain('Did you mean')
    expect(await err('run', '--contract', 'x', './deploy.sh')).toContain('-- ./deploy.sh')
  })

  it('that puts a key on the command line does not repeat it', async () => {
    const { code, err, out } = await cli.run([
      'request',
      w.agent.key,
      '--contract',
      'deploy.json',
      '--json',
    ])
    expect(code).toBe(64)
    expect(err + out).not.toContain(w.agent.key)
  })

  it('is told from another word', () => {
    const names = ['run', 'request', 'report', 'wait', 'status']
    const meant = (typed: string) => nearest(typed, names)
    expect(['rnu', 'requst', 'repotr', 'wiat', 'ststus'].map(meant)).toEqual(names)
    expect(['deploy', 'x', '', 'rollback'].map(meant)).toEqual([null, null, null, null])
  })
})

describe('a settings file', { timeout: SLOW_MS }, () => {
  it('that is no file, or no JSON, is told by its name, and nothing hangs', async () => {
    const place = (name: string) => ({ cwd: path.join(cli.work, name) })
    await mkdir(path.join(cli.work, 'folder', 'countersign.json'), { recursive: true })
    await mkdir(path.join(cli.work, 'pipe'))
    await promisify(execFile)('mkfifo', [path.join(cli.work, 'pipe', 'countersign.json')])
    await mkdir(path.join(cli.work, 'broken'))
    await writeFile(path.join(cli.work, 'broken', 'countersign.json'), '{"url": ')
    for (const name of ['folder', 'pipe', 'broken']) {
      const { code, err } = await cli.run(['status', 'req_1'], place(name))
      expect([name, code, err]).toEqual([name, 78, expect.stringContaining('countersign.json')])
    }
  })
})

it('a contract that does not end is not read to its end', { timeout: SLOW_MS }, async () => {
  const started = cli.start(['request', '--contract', '-'], { input: true })
  started.child.stdin.write(' '.repeat(300 * 1024))
  const { code, err } = await started.end
  expect([code, err]).toEqual([64, expect.stringContaining('longer than')])
})
