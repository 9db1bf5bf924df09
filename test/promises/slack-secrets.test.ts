import { beforeAll, describe, expect, it } from 'vitest'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { installWorkspace } from '#lib/commands/slack/workspace/install-workspace'
import { removeWorkspace } from '#lib/commands/slack/workspace/remove-workspace'
import { startInstall } from '#lib/commands/slack/workspace/start-install'
import { createLog } from '#lib/log'
import { openSlack } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'
import { buttonBody, type SlackBody } from '../../scripts/slack/signed-body'
import { testDatabase } from '../database'
import { startSlackAnswers } from '../slack-answers'
import { openDoor, slackEdge } from '../slack-door'
import { must, type World, world } from '../world'

const { url } = await testDatabase()
const { double, env } = await slackEdge()
const edge = await startSlackAnswers()
const lines: string[] = []
const log = createLog({ logLevel: 'trace' }, { write: (line) => void lines.push(line) })

/** Everything of Slack's that must never be written down in clear. */
const SECRETS = {
  'bot token of the settings': double.botToken,
  'app token': 'xapp-1-A0COUNTERSIGN-canary',
  'signing secret': env['SLACK_SIGNING_SECRET'] ?? '',
  'client secret': 'canary-client-secret',
  'installed token': 'xoxe.xoxb-1-canary-installed',
  'refresh token': 'xoxe-1-canary-refresh',
  'renewed token': 'xoxe.xoxb-1-canary-renewed',
  'code of an installation': 'canary-installation-code',
  'address for answers': 'canary-response-address',
  'what was typed': 'canary-typed-text',
}
const settings = {
  SLACK_CLIENT_SECRET: SECRETS['client secret'],
  SLACK_APP_TOKEN: SECRETS['app token'],
}
const plain = await world(url, { env: { ...env, ...settings } })
const w: World = { ...plain, runtime: told(plain.runtime) }

function told(runtime: Runtime, apiUrl?: string): Runtime {
  const slack = runtime.config.slack
  if (!slack) throw new Error('Slack is not configured')
  const config = { ...runtime.config, slack: { ...slack, apiUrl: apiUrl ?? slack.apiUrl } }
  return { ...runtime, config, log, slack: openSlack({ ...runtime, config, log }) }
}

/** A life of secrets: clicks that work and that do not, an installation that rotates, and Slack in every kind of trouble. */
beforeAll(async () => {
  const door = await openDoor(w.runtime, double, (app) => {
    app.action('fails', async ({ ack }) => {
      await ack()
      throw new Error('a listener broke')
    })
  })
  const send = async (action: string, headers?: Record<string, string>) => {
    await door.send(click(door.sender.appId, action), headers ? { headers } : {})
    await door.app.settled()
  }
  await send('fails')
  await send('nobody-listens')
  await send('fails', { 'x-slack-signature': `v0=${'0'.repeat(64)}` })
  double.users.set('U0GUEST', { is_restricted: true })
  for (const kind of ['down', 'hang'] as const) {
    double.trouble({ kind }, { times: 1 })
    const posted = w.runtime.slack?.openDirect('U0MARA')
    if (kind === 'hang') double.heal()
    await posted
  }
  double.trouble({ kind: 'error', code: 'invalid_auth' }, { times: 1 })
  await w.runtime.slack?.openDirect('U0MARA')
  await installed()
})

function click(appId: string, action: string): SlackBody {
  return buttonBody(
    { appId, teamId: double.teamId, teamDomain: 'osterby' },
    {
      user: { id: 'U0MARA', name: 'mara' },
      action: { type: 'button', action_id: action, value: SECRETS['what was typed'] },
      triggerId: 't',
      message: {
        channel: { id: 'C1', name: 'c' },
        ts: `1.${lines.length}`,
        content: { text: 'a card' },
        responseUrl: double.responseUrl(SECRETS['address for answers']),
      },
      view: null,
    },
  )
}

async function installed(): Promise<void> {
  const runtime = told(plain.runtime, edge.url)
  const session = { sessionId: 'ses_1', personId: w.owner.id }
  const install = async () => {
    const begun = new URL(must(await startInstall(runtime, session)).url)
    const state = begun.searchParams.get('state') ?? ''
    const code = SECRETS['code of an installation']
    return await installWorkspace(runtime, { session, state, code })
  }
  must(await removeWorkspace(runtime, { byPersonId: w.owner.id }))
  edge.answer.set('auth.test', { ok: true, team_id: 'T0OSTERBY', user_id: 'U0BOT' })
  edge.answer.set('oauth.v2.access', null)
  expect(await install()).toBe('unreachable')
  edge.answer.set('oauth.v2.access', { ok: false, error: 'bad_client_secret' })
  expect(await install()).toBe('refused')
  edge.answer.set('oauth.v2.access', {
    ok: true,
    app_id: 'A0COUNTERSIGN',
    access_token: SECRETS['installed token'],
    refresh_token: SECRETS['refresh token'],
    expires_in: 60,
    team: { id: 'T0OSTERBY', name: 'Osterby' },
  })
  expect(await install()).toBe('done')
  edge.answer.set('oauth.v2.access', null)
  await runtime.slack?.authTest()
  edge.answer.set('oauth.v2.access', {
    ok: true,
    access_token: SECRETS['renewed token'],
    refresh_token: SECRETS['refresh token'],
    expires_in: 43_200,
  })
  runtime.slack?.forgetWorkspace()
  expect((await runtime.slack?.authTest())?.ok).toBe(true)
  expect(edge.calls.at(-1)?.token).toBe(SECRETS['renewed token'])
  edge.answer.set('auth.test', null)
  await installAtStart(runtime, AbortSignal.timeout(50), 10)
}

describe('secrets of Slack', () => {
  it('are in no line of the log, at any level', () => {
    expect(lines.length).toBeGreaterThan(5)
    const text = lines.join('')
    for (const [name, secret] of Object.entries(SECRETS)) {
      expect([name, text.includes(secret)]).toEqual([name, false])
    }
  })

  it('are in no row of the database in clear', async () => {
    const tables = await w.runtime.db.$queryRaw<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
    expect(tables.map(({ name }) => name)).toContain('slack_workspaces')
    const found: string[] = []
    for (const { name } of tables) {
      const rows = await w.runtime.db.$queryRawUnsafe<{ row: string }[]>(
        `SELECT t::text AS row FROM "${name}" t`,
      )
      const text = rows.map(({ row }) => row).join('\n')
      for (const [secret, value] of Object.entries(SECRETS)) {
        if (text.includes(value)) found.push(`${secret} in ${name}`)
      }
    }
    expect(found).toEqual([])
    expect(await w.runtime.db.slackWorkspace.count()).toBe(1)
  })

  it('are taken out by their looks, should one slip into a text', () => {
    lines.length = 0
    log.info(
      { said: `with ${SECRETS['bot token of the settings']}, ${SECRETS['installed token']}` },
      'x',
    )
    log.info(`over ${SECRETS['app token']} to https://hooks.slack.com/actions/T0/1/abc and on`)
    expect(lines.join('')).not.toMatch(/double-bot-token|canary|T0\/1\/abc/)
    expect(lines.join('')).toContain('and on')
  })
})
