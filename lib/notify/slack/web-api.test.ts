import type { ModalView } from '@slack/types'
import { beforeEach, describe, expect, it } from 'vitest'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { testDatabase } from '../../../test/database'
import { startPgProxy } from '../../../test/pg-proxy'
import { slackEdge } from '../../../test/slack-door'
import { world } from '../../../test/world'
import type { SlackContent } from './content'
import { openSlack, type SlackApi } from './web-api'

const { url } = await testDatabase()
const { double, env } = await slackEdge()
const proxy = await startPgProxy(url)
const { runtime } = await world(proxy.url, { env })
await installAtStart(runtime, AbortSignal.timeout(10_000))
const CONTENT: SlackContent = {
  text: 'A sentence.',
  blocks: [{ type: 'divider' }],
}
const VIEW: ModalView = {
  type: 'modal',
  title: { type: 'plain_text', text: 'T' },
  blocks: [{ type: 'divider' }],
}
const SECOND = 1_000

const clock = { ahead: 0 }
let slack: SlackApi
beforeEach(async () => {
  await proxy.restore()
  double.heal()
  double.calls.length = 0
  clock.ahead = 0
  const clear = { pausedUntil: null, fault: null, faultAt: null }
  await runtime.db.slackWorkspace.update({ where: { id: 1 }, data: clear })
  slack = fresh()
})

/** As another process would: with nothing in memory. */
function fresh(): SlackApi {
  const opened = openSlack({ ...runtime, now: () => Date.now() + clock.ahead })
  if (!opened) throw new Error('Slack is not configured')
  return opened
}
const row = () => runtime.db.slackWorkspace.findUniqueOrThrow({ where: { id: 1 } })
const post = (api = slack) => api.post({ channel: 'C1', content: CONTENT })

describe('what is sent to Slack', () => {
  it('names nobody, links nothing and shows nothing by itself', async () => {
    const posted = await slack.post({ channel: 'C1', content: CONTENT, threadTs: '1.2' })
    expect(posted.ok).toBe(true)
    expect(double.calls.at(-1)?.args).toMatchObject({
      channel: 'C1',
      text: 'A sentence.',
      blocks: [{ type: 'divider' }],
      thread_ts: '1.2',
      link_names: 'false',
      parse: 'none',
      unfurl_links: 'false',
      unfurl_media: 'false',
    })
    await slack.postEphemeral({ channel: 'C1', user: 'U1', content: CONTENT })
    expect(double.calls.at(-1)?.args).toMatchObject({ link_names: 'false', parse: 'none' })
  })

  it('goes with the bot token of the workspace', async () => {
    await post()
    expect(double.calls.at(-1)?.token).toBe(double.botToken)
  })

  it('an answer to a click goes to Slack or to the emulator, and nowhere else a body may name', async () => {
    const respond = (responseUrl: string) =>
      slack.respond({ responseUrl, content: CONTENT, replaceOriginal: false })
    expect((await respond(double.responseUrl('one'))).ok).toBe(true)
    expect(double.calls.at(-1)?.args).toMatchObject({ response_type: 'ephemeral' })
    for (const odd of [
      'https://hooks.slack.com.evil.example/x',
      'https://evil.example/https://hooks.slack.com',
      'http://hooks.slack.com/x',
      'http://169.254.169.254/latest',
      'file:///etc/passwd',
      'not a url',
      // Incoming webhooks are anybody's, of our workspace too; so are the addresses of another one.
      'https://hooks.slack.com/services/T0SLACKTEAM/B0/secret',
      'https://hooks.slack.com/commands/T0THEIRS/1/secret',
      'https://hooks.slack.com/commands/T0SLACKTEAM/../../services/T0SLACKTEAM/B0/secret',
      'https://hooks.slack.com/commands/T0SLACKTEAM/%2e%2e/..%2fservices',
      'https://hooks.slack.com:8443/commands/T0SLACKTEAM/1/secret',
      'https://a:b@hooks.slack.com/commands/T0SLACKTEAM/1/secret',
      'https://slack.com/commands/T0SLACKTEAM/1/secret',
    ]) {
      expect(await respond(odd)).toEqual({ ok: false, kind: 'refused', code: 'odd_response_url' })
    }
  })
})

describe('trouble is told, not thrown', () => {
  it('Retry-After is kept for all processes: what can wait is not sent before, a window opens all the same', async () => {
    double.trouble({ kind: 'rate_limited', retryAfterSeconds: 20 }, { times: 1 })
    expect(await post()).toEqual({ ok: false, kind: 'rate_limited', retryAfterMs: 20 * SECOND })
    const waits = (await row()).pausedUntil?.getTime() ?? 0
    expect(waits - Date.now()).toBeGreaterThan(15 * SECOND)
    double.calls.length = 0
    for (const api of [slack, fresh()]) {
      expect(await post(api)).toMatchObject({ ok: false, kind: 'rate_limited' })
    }
    expect(double.calls).toEqual([])
    expect((await slack.openView({ triggerId: 't', view: VIEW })).ok).toBe(true)
    clock.ahead = 25 * SECOND
    expect((await post()).ok).toBe(true)
  })

  it('a 429 of what members set off with their presses holds no delivery up', async () => {
    const limited = { kind: 'rate_limited', retryAfterSeconds: 20 } as const
    double.trouble(limited, { times: 6 })
    for (const answer of [
      await slack.openView({ triggerId: 't', view: VIEW }),
      await slack.updateView({ viewId: 'V1', view: VIEW }),
      await slack.publishHome({ userId: 'U1', view: { type: 'home', blocks: [] } }),
      await slack.userInfo('U1'),
      await slack.postEphemeral({ channel: 'C1', user: 'U1', content: CONTENT }),
      await slack.unfurl({ channel: 'C1', ts: '1.1', unfurls: {} }),
    ]) {
      expect(answer).toEqual({ ok: false, kind: 'rate_limited', retryAfterMs: 20 * SECOND })
    }
    expect((await row()).pausedUntil).toBeNull()
    expect((await post()).ok).toBe(true)
  })

  it('a 429 that does not say how long means half a minute', async () => {
    double.trouble({ kind: 'status', status: 429 }, { times: 1 })
    expect(await post()).toEqual({ ok: false, kind: 'rate_limited', retryAfterMs: 30 * SECOND })
  })

  it('a cut connection, a 500 and an answer of something else are unreachable; the row says so until a call succeeds', async () => {
    double.trouble({ kind: 'down' }, { times: 1 })
    expect(await post()).toMatchObject({ ok: false, kind: 'unreachable' })
    expect((await row()).fault).toBe('Slack could not be reached.')
    double.trouble({ kind: 'status', status: 503 }, { times: 1 })
    expect(await post()).toEqual({
      ok: false,
      kind: 'unreachable',
      why: 'Slack answered with status 503.',
    })
    double.trouble({ kind: 'error', code: 'internal_error' }, { times: 1 })
    expect(await post()).toMatchObject({ ok: false, kind: 'unreachable' })
    expect((await post()).ok).toBe(true)
    expect(await row()).toMatchObject({ fault: null, faultAt: null })
  })

  it('a refusal that concerns one call is told with its code and leaves the workspace well', async () => {
    double.trouble({ kind: 'error', code: 'channel_not_found' }, { times: 1 })
    expect(await post()).toEqual({ ok: false, kind: 'refused', code: 'channel_not_found' })
    expect((await row()).fault).toBeNull()
  })

  it('a revoked token is a fault of the workspace', async () => {
    double.trouble({ kind: 'error', code: 'token_revoked' }, { times: 1 })
    expect(await post()).toEqual({ ok: false, kind: 'refused', code: 'token_revoked' })
    expect((await row()).fault).toContain('Install the app again')
  })

  it('without an installation nothing is asked of Slack', async () => {
    const kept = await row()
    await runtime.db.slackWorkspace.delete({ where: { id: 1 } })
    expect(await post(fresh())).toEqual({ ok: false, kind: 'refused', code: 'not_installed' })
    expect(double.calls).toEqual([])
    await runtime.db.slackWorkspace.create({ data: kept })
  })
})

describe('while the database is away', () => {
  it('a process that knows its workspace still answers people in Slack', async () => {
    await slack.openView({ triggerId: 't', view: VIEW })
    await proxy.cut()
    clock.ahead = 60 * SECOND
    expect((await slack.openView({ triggerId: 't2', view: VIEW })).ok).toBe(true)
    await proxy.restore()
    proxy.freeze()
    clock.ahead = 120 * SECOND
    const began = performance.now()
    expect((await slack.openView({ triggerId: 't3', view: VIEW })).ok).toBe(true)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('a process that has not read it yet says that it cannot, and throws nothing', async () => {
    await proxy.cut()
    expect(await post(fresh())).toMatchObject({ ok: false, kind: 'unreachable' })
    expect(double.calls).toEqual([])
  })
})
