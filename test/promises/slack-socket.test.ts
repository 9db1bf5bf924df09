import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { testDatabase } from '../database'
import { startSlackAnswers } from '../slack-answers'
import { SLACK_ENV } from '../slack-rows'
import { startSlackSocket } from '../slack-socket'
import { world } from '../world'

/** The process of Socket Mode as it is started, on the login that the manual tells to give it. */
const { url, name } = await testDatabase()
const edge = await startSlackAnswers()
const socket = await startSlackSocket()
edge.answer.set('auth.test', { ok: true, team_id: 'T0OSTERBY', user_id: 'U0BOT' })
edge.answer.set('users.info', { ok: true, user: { id: 'U0NOBODY', team_id: 'T0OSTERBY' } })
const BOT_TOKEN = 'xoxb-of-the-test'
const APP_TOKEN = 'xapp-of-the-test'
const env = { ...SLACK_ENV, SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_API_URL: edge.url }
const { runtime } = await world(url, { env })
await installAtStart(runtime, AbortSignal.timeout(10_000))

const address = new URL(url)
address.username = name
address.password = 'p'
let child: ChildProcess
let log = ''

beforeAll(async () => {
  await query(`CREATE ROLE ${name} LOGIN PASSWORD 'p' IN ROLE countersign_slack`)
  // Slack cannot be reached at first: the process waits for it.
  edge.answer.set('apps.connections.open', null)
  child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../../slack/main.ts', import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        NODE_ENV: 'production',
        DATABASE_URL: 'postgresql://nobody@localhost:1/is-not-used',
        SLACK_DATABASE_URL: address.href,
        COUNTERSIGN_SECRET: runtime.config.secret,
        PUBLIC_URL: runtime.config.publicUrl,
        LOG_LEVEL: 'trace',
        REDIS_URL: '',
        STAGE0_URL: '',
        STAGE0_KEY: '',
        ...env,
        SLACK_BOT_TOKEN: '',
        SLACK_SIGNING_SECRET: '',
        SLACK_APP_TOKEN: APP_TOKEN,
      },
    },
  )
  const hear = (chunk: Buffer) => {
    log += chunk.toString()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
})

afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await query(`DROP OWNED BY ${name}; DROP ROLE ${name}`)
})

async function query(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const asked = (text: string, teamId = 'T0OSTERBY') => ({
  command: '/countersign',
  text,
  api_app_id: SLACK_ENV.SLACK_APP_ID,
  is_enterprise_install: 'false',
  team_id: teamId,
  user_id: 'U0NOBODY',
  user_name: 'nobody',
  channel_id: 'C0RELEASES',
  channel_name: 'releases',
  response_url: new URL('/hooks/one', edge.url).href,
  trigger_id: 't',
})
const codes = () => runtime.db.slackLinkCode.count()

describe('the process of Socket Mode', () => {
  it('waits while Slack cannot be reached, and connects once it can', async () => {
    const tried = () => edge.calls.filter(({ method }) => method === 'apps.connections.open').length
    await expect.poll(tried, { timeout: 30_000 }).toBeGreaterThan(1)
    edge.answer.set('apps.connections.open', { ok: true, url: socket.url })
    await socket.connected()
    expect(child.exitCode).toBeNull()
  }, 60_000)

  it('hears a command over the socket, acknowledges it and works on it', async () => {
    const payload = asked('link')
    expect(await socket.hand({ id: 'envelope-1', type: 'slash_commands', payload })).toEqual({})
    await expect.poll(codes).toBe(1)
    const answered = () => edge.calls.some(({ method }) => method === 'chat.postEphemeral')
    await expect.poll(answered).toBe(true)
  })

  it('works once on an envelope that Slack hands out twice, also over a new connection', async () => {
    const envelope = { id: 'envelope-2', type: 'slash_commands', payload: asked('link') }
    const before = await codes()
    await socket.hand(envelope)
    await socket.hand(envelope)
    await expect.poll(codes).toBe(before + 1)
    socket.hangUp()
    await socket.connected()
    await socket.hand(envelope)
    await socket.hand({ id: 'envelope-3', type: 'slash_commands', payload: asked('link') })
    await expect.poll(codes).toBe(before + 2)
  }, 30_000)

  it('does nothing for another workspace', async () => {
    const before = await codes()
    const payload = asked('link', 'T0ANOTHER')
    await socket.hand({ id: 'envelope-4', type: 'slash_commands', payload })
    await socket.hand({ id: 'envelope-5', type: 'slash_commands', payload: asked('link') })
    await expect.poll(codes).toBe(before + 1)
    expect(log).toContain('other_workspace')
  })

  it('drains when it is asked to, and has written no token into its log', async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    expect(log).toContain('slack stopped')
    for (const secret of [BOT_TOKEN, APP_TOKEN, runtime.config.secret, '/hooks/one']) {
      expect(log).not.toContain(secret)
    }
  })
})
