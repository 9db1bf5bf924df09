import { describe, expect, it } from 'vitest'
import { cliWorld, PRODUCTION, SLOW_MS, STAGING } from '../../test/cli-world'
import { release } from '../../test/settle'
import { fitting } from './terminal'

const { w, proxy, cli, deployScript, staging } = await cliWorld()
const ESCAPE = '\u001b'
const CLEAR = `\r${ESCAPE}[2K`
/** Of a terminal: everything but the line breaks, and the one sequence that takes a line away. */
const ACTING = /[\p{Cc}\p{Cf}]/u
const acting = (shown: string) => ACTING.exec(shown.replaceAll(CLEAR, '').replaceAll(/\r?\n/g, ''))

async function asked(): Promise<string> {
  const { out } = await cli.run(['request', '--contract', 'deploy.json', '--json'])
  return JSON.parse(out).request.request_id
}

/** What the server would have to answer about a request for the terminal to obey it. */
async function hostile(id: string, changes: object): Promise<string> {
  const { out } = await cli.run(['status', id, '--json'])
  return JSON.stringify({ ...JSON.parse(out).request, ...changes })
}

describe('on a terminal', { timeout: SLOW_MS }, () => {
  it('one line tells how it stands, is written over each second, and is gone at the end', async () => {
    const script = await deployScript('echo deployed')
    const args = ['run', '--contract', 'deploy.json', '--', script]
    const started = cli.start(args, { ...PRODUCTION, columns: 400 })
    const id = await started.says(/Held \d.*\/tickets\/(req_\w+)/)
    await started.says(/(Held[^\r]*\r[^\r]*){2}/)
    await release(w, id)
    const { code, out } = await started.end
    expect(code).toBe(0)
    const [held = '', ran = ''] = out.split(`${id} is released and redeemed`)
    expect(held).toMatch(new RegExp(`\\r${ESCAPE}\\[2K(\\r${ESCAPE}\\[2K)*countersign: $`, 'u'))
    expect(held.split('\n').filter((line) => line.includes('Held'))).toHaveLength(1)
    expect(ran).toContain('deployed\r\n')
  })

  it('the line fits however narrow it is, also with letters that take two columns', async () => {
    const id = await asked()
    const title = '承認が必要です、リリースマネージャー二名の承認を待っています'
    const requirements = [{ id: 'x', kind: 'approval', state: 'missing', title, opens_at: null }]
    const body = await hostile(id, { requirements })
    const answer = { status: 200, body }
    proxy.fail(id, answer, answer)
    const started = cli.start(['wait', id], { columns: 30 })
    await started.says(/Held[^\r]*…\r/)
    started.child.stdin.write('\u0003')
    const { code, out } = await started.end
    expect(code).toBe(130)
    const lines = out.split(CLEAR).filter((line) => line.startsWith('Held'))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      const wide = line.match(/[\u3000-\u9fff]/g)?.length ?? 0
      expect(line.split(/[\r\n^]/, 1)[0]?.length ?? 0).toBeLessThan(30 - wide)
    }
  })

  it('that cannot go back in its line, a change is a line of its own', async () => {
    const id = await asked()
    const started = cli.start(['wait', id], { columns: 200, env: { TERM: 'dumb', NO_COLOR: '1' } })
    await started.says(/Held.*\r\n/)
    started.child.stdin.write('\u0003')
    expect((await started.end).out).not.toContain(ESCAPE)
  })

  it('Ctrl-C reaches the command once, also where stdin is a file', async () => {
    await cli.file('empty.txt', '')
    const script = await deployScript(
      'trap "n=x$n; echo caught" INT\necho ready\nfor i in $(seq 600); do [ -e go-on ] && break; sleep 0.1; done\necho "said $n"',
    )
    const args = ['run', '--contract', await staging(), '--', script]
    const started = cli.start(args, { ...STAGING, columns: 200, from: 'empty.txt' })
    await started.says(/ready/)
    started.child.stdin.write('\u0003')
    await started.says(/caught/)
    await cli.file('go-on', '')
    const { code, out } = await started.end
    expect([code, out]).toEqual([0, expect.stringContaining('said x\r\n')])
  })
})

describe('whatever a server answers', { timeout: SLOW_MS }, () => {
  const evil = `a${ESCAPE}]0;title\u0007b\u009b2Jc\u202ed\ncountersign: It exited with 0.`
  const changes = [
    { issues: [{ code: evil, severity: 'warn', message: evil }] },
    { policy_version: evil, ticket_url: evil },
    {
      state: 'rejected',
      closed: { at: evil, by: evil, reason: evil, note: evil },
    },
  ]

  it.each(changes.map((change) => [Object.keys(change)[0] ?? '', change]))(
    'nothing of it acts on the terminal or passes for words of this program: %s',
    async (_, change) => {
      const id = await asked()
      const answer = { status: 200, body: await hostile(id, change) }
      for (const args of [['status'], ['wait', '--timeout', '1s'], ['status', '--json']]) {
        proxy.fail(id, answer, answer, answer)
        const { out, err } = await cli.run([...args, id], { env: { FORCE_COLOR: '1' } })
        proxy.forget()
        expect(acting(out + err)).toBeNull()
        expect(out + err).not.toMatch(/^countersign: It exited/m)
        if (args.includes('--json')) expect(JSON.stringify(JSON.parse(out))).toContain('\u009b2Jc')
      }
    },
  )

  it('nor in a refusal, nor in what it says of an outcome', async () => {
    const problem = { type: 'x', status: 400, code: evil, title: evil, detail: evil }
    proxy.fail('/outcome', { status: 400, body: JSON.stringify(problem) })
    const refused = await cli.run(['report', 'req_1', 'failed'])
    proxy.fail('/outcome', {
      status: 200,
      body: JSON.stringify({ request_id: evil, outcome: evil }),
    })
    const told = await cli.run(['report', 'req_1', 'failed'])
    expect([refused.code, told.code]).toEqual([86, 0])
    for (const { out, err } of [refused, told]) {
      expect(acting(out + err)).toBeNull()
      expect(out + err).not.toMatch(/^countersign: It exited/m)
    }
  })
})

it('a line is cut between letters, and never longer than the terminal is wide', () => {
  expect(fitting('Held 1s', 8)).toBe('Held 1s')
  expect(fitting('Held 10s', 8)).toBe('Held 1…')
  expect(fitting('承認承認', 8)).toBe('承認承…')
  expect(fitting('🔥🔥🔥🔥', 6)).toBe('🔥🔥…')
  expect(fitting('x'.repeat(100), 0)).toHaveLength(79)
  expect(fitting('Held', 1)).toBe('…')
})
