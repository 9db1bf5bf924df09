import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cliWorld, SLOW_MS, STAGING } from '../../test/cli-world'
import { reject, release } from '../../test/settle'

const { w, api, cli, staging, held } = await cliWorld()

async function asked(...more: string[]): Promise<string> {
  const { out } = await cli.run(['request', '--contract', 'deploy.json', '--json', ...more])
  return JSON.parse(out).request.request_id
}

describe('request, wait, status and cancel', { timeout: SLOW_MS }, () => {
  it('submit with an agent key alone, and under one run it is one request', async () => {
    const place = { env: { COUNTERSIGN_RUNTIME_KEY: '' } }
    const args = ['request', '--contract', 'deploy.json', '--run-id', 'once', '--json']
    const ends = [await cli.run(args, place), await cli.run(args, place)]
    const [first, second] = ends.map(({ out }) => JSON.parse(out))
    expect(first).toMatchObject({
      ok: true,
      exit_code: 0,
      request: { state: 'open', verdict: 'DEFER' },
    })
    expect(second.request.request_id).toBe(first.request.request_id)
    const other = await cli.run(
      ['request', '--contract', await staging(), '--run-id', 'once', '--json'],
      place,
    )
    expect(other.code).toBe(86)
    expect(JSON.parse(other.out)).toMatchObject({ ok: false, exit: 'refused', code: 'run_reused' })
  })

  it('wait ends as the request ends', async () => {
    const id = await asked()
    const waiting = cli.start(['wait', id])
    expect(await held(waiting)).toBe(id)
    await release(w, id)
    const { code, out } = await waiting.end
    expect([code, out]).toEqual([0, expect.stringMatching(/^state {8}released$/m)])
    const rejected = await asked()
    await reject(w, rejected, 'Not this week.')
    const told = await cli.run(['wait', rejected])
    expect([told.code, told.out]).toEqual([81, expect.stringContaining('Not this week.')])
  })

  it('wait is ended by Ctrl-C or its time, and the request stays open', async () => {
    const id = await asked()
    const waiting = cli.start(['wait', id])
    await held(waiting)
    waiting.child.kill('SIGINT')
    const { code, err } = await waiting.end
    expect([code, err]).toEqual([130, expect.stringContaining(`countersign wait ${id}`)])
    const timed = await cli.run(['wait', id, '--timeout', '1s', '--json'])
    expect(timed.code).toBe(75)
    expect(JSON.parse(timed.out)).toMatchObject({ exit: 'still_open', request_id: id })
    const seen = await cli.run(['status', id, '--json'], { env: { COUNTERSIGN_AGENT_KEY: '' } })
    expect(JSON.parse(seen.out)).toMatchObject({ exit_code: 0, request: { state: 'open' } })
  })

  it('cancel takes back what is held, and nothing else', async () => {
    const id = await asked()
    const cancelled = await cli.run(['cancel', id, '--reason', 'Withdrawn'])
    expect([cancelled.code, cancelled.out]).toEqual([0, expect.stringContaining('Withdrawn')])
    const allowed = await cli.run(['request', '--contract', await staging(), '--json'])
    const released: string = JSON.parse(allowed.out).request.request_id
    expect((await cli.run(['cancel', released])).code).toBe(86)
    expect((await cli.run(['wait', id])).code).toBe(83)
    expect((await cli.run(['status', 'req_none'])).code).toBe(86)
  })

  it('a contract that the server would refuse is told with its place, and not sent', async () => {
    const before = await w.runtime.db.request.count()
    const name = await cli.file('bad.json', '{"goal": "x", "tools": ["a", "A"], "colour": 1}')
    const { code, err } = await cli.run(['request', '--contract', name])
    expect([code, err]).toEqual([64, expect.stringContaining('/colour')])
    expect(err).toContain('/tools/1')
    expect((await cli.run(['request', '--contract', 'nothing.json'])).code).toBe(64)
    expect(await w.runtime.db.request.count()).toBe(before)
  })

  it('what people wrote cannot act on the terminal', async () => {
    const id = await asked()
    await reject(w, id, 'Wrong\u202e week')
    const { err, out } = await cli.run(['wait', id])
    expect(out + err).toContain('Wrong⟨U+202E⟩ week')
  })
})

describe('keys and verify', { timeout: SLOW_MS }, () => {
  let token = ''
  let collectedAt = 0
  beforeAll(async () => {
    const { out } = await cli.run(['request', '--contract', await staging(), '--json'], STAGING)
    const id = JSON.parse(out).request.request_id
    const answer = await fetch(`${api.url}/v1/requests/${id}/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${w.runtimeKey.key}` },
    })
    token = (await answer.json()).token
    collectedAt = Date.now()
    await cli.file('token.jwt', `${token}\n`)
  }, SLOW_MS)

  it('keys are published, and kept in a file they verify a token without a network', async () => {
    const { out } = await cli.run(['keys', '--json'])
    await cli.file('jwks.json', JSON.parse(out).jwks)
    expect((await cli.run(['keys'])).out).toMatch(/EdDSA/)
    const args = ['verify', 'token.jwt', '--jwks', 'jwks.json', '--json']
    const { code, out: told } = await cli.run(args, {
      env: { COUNTERSIGN_URL: 'http://127.0.0.1:9' },
    })
    expect(code).toBe(0)
    expect(JSON.parse(told)).toMatchObject({ ok: true, claims: { environment: 'staging' } })
    const spoken = await cli.run(['verify', 'token.jwt'])
    expect([spoken.code, spoken.out]).toEqual([0, expect.stringContaining('deploy.staging')])
  })

  it('a token for others, from others, forged or late does not verify', async () => {
    const reason = async (...args: string[]) => {
      const { code, out } = await cli.run(['verify', '--json', ...args])
      const { code: why, reason: more } = JSON.parse(out)
      return [code, more ?? why]
    }
    const later = new Date(collectedAt + 600_000).toISOString()
    expect(await reason('token.jwt', '--audience', 'payouts')).toEqual([1, 'audience_mismatch'])
    expect(await reason('token.jwt', '--issuer', 'https://other.example')).toEqual([1, 'issuer'])
    expect(await reason('token.jwt', '--at', later)).toEqual([1, 'expired'])
    await cli.file('forged.jwt', token.replace(/\..\w/, '.zz'))
    expect(await reason('forged.jwt')).toEqual([1, 'signature'])
    await cli.file('other.json', { keys: [] })
    expect(await reason('token.jwt', '--jwks', 'other.json')).toEqual([1, 'unknown_key'])
    expect((await cli.run(['verify', 'token.jwt', '--at', 'noon'])).code).toBe(64)
  })
})

describe('settings', { timeout: SLOW_MS }, () => {
  const NONE = {
    COUNTERSIGN_URL: '',
    COUNTERSIGN_AGENT_KEY: '',
    COUNTERSIGN_RUNTIME_KEY: '',
    COUNTERSIGN_AUDIENCE: '',
    COUNTERSIGN_ISSUER: '',
  }
  const place = (env: Record<string, string>, name: string) => ({
    env: { ...NONE, XDG_CONFIG_HOME: path.join(cli.work, name), ...env },
    cwd: path.join(cli.work, name),
  })
  const away = 'http://127.0.0.1:9'
  const agent_key = w.agent.key
  const settingsFile = async (name: string, content: object, mode = 0o600) => {
    await cli.folderFile(name, JSON.stringify(content), mode)
  }

  it('an option is stronger than the environment, that than the project, that than your own file', async () => {
    const id = await asked()
    await settingsFile('order/countersign/config.json', { url: away, agent_key })
    const status = (env: Record<string, string>, ...more: string[]) =>
      cli.run(['status', id, ...more], place(env, 'order'))
    expect((await status({})).code).toBe(69)
    await settingsFile('order/countersign.json', { url: api.url, agent_key })
    expect((await status({})).code).toBe(0)
    expect((await status({ COUNTERSIGN_URL: away })).code).toBe(69)
    expect((await status({ COUNTERSIGN_URL: away }, '--url', api.url)).code).toBe(0)
    await settingsFile('order/other.json', { url: api.url, agent_key: 'csk_agent_wrong' })
    expect((await status({}, '--config', 'other.json')).code).toBe(77)
  })

  it('a file with keys that others can read is refused, and one without keys is not', async () => {
    const id = await asked()
    await settingsFile('shared/countersign.json', { url: api.url, agent_key }, 0o644)
    const { code, err } = await cli.run(['status', id], place({}, 'shared'))
    expect([code, err]).toEqual([78, expect.stringContaining('chmod 600')])
    expect(err).not.toContain(agent_key)
    await settingsFile('open/countersign.json', { audience: 'deploy-runner' }, 0o644)
    const env = { COUNTERSIGN_URL: api.url, COUNTERSIGN_AGENT_KEY: agent_key }
    expect((await cli.run(['status', id], place(env, 'open'))).code).toBe(0)
  })

  it('a key of yours is not sent to an address that only the project names', async () => {
    const id = await asked()
    await settingsFile('strange/countersign.json', { url: api.url }, 0o644)
    const strange = await cli.run(
      ['status', id],
      place({ COUNTERSIGN_AGENT_KEY: agent_key }, 'strange'),
    )
    expect([strange.code, strange.err]).toEqual([
      78,
      expect.stringContaining('set COUNTERSIGN_URL'),
    ])
    await settingsFile('strange/countersign/config.json', { url: api.url, agent_key })
    expect((await cli.run(['status', id], place({}, 'strange'))).code).toBe(0)
  })

  it('what is missing or wrong is told with its name', async () => {
    await settingsFile('empty/countersign.json', { url: 'ftp://x', colour: 'red' })
    const odd = await cli.run(['status', 'req_x'], place({}, 'empty'))
    expect([odd.code, odd.err]).toEqual([78, expect.stringContaining('colour')])
    await settingsFile('empty/countersign.json', { url: 'ftp://x', agent_key })
    expect((await cli.run(['status', 'req_x'], place({}, 'empty'))).err).toContain('https://')
    await settingsFile('empty/countersign.json', {})
    const none = await cli.run(['status', 'req_x', '--json'], place({}, 'empty'))
    expect(JSON.parse(none.out)).toMatchObject({ ok: false, exit: 'settings', exit_code: 78 })
    expect(none.err).toContain('COUNTERSIGN_AGENT_KEY')
    const key = await cli.run(['status', 'req_x', '--agent-key', agent_key])
    expect([key.code, key.err]).toEqual([64, expect.stringContaining('never options')])
    expect(key.err).not.toContain(agent_key)
  })

  it('keys are in no file that a run leaves behind', async () => {
    const running = cli.start(['run', '--contract', 'deploy.json', '--', 'true'], {
      env: { COUNTERSIGN_ENVIRONMENT: 'production' },
    })
    await held(running)
    const folder = path.join(cli.folder, 'home', '.local', 'state', 'countersign', 'runs')
    const { names, text, modes } = await cli.filesOf(folder)
    running.child.kill('SIGTERM')
    expect((await running.end).code).toBe(143)
    expect(names).toHaveLength(1)
    expect(modes).toEqual([0o600])
    expect(text).not.toMatch(/csk_|eyJ/)
    expect(await readFile(path.join(cli.work, 'deploy.json'), 'utf8')).not.toContain('csk_')
  })
})
