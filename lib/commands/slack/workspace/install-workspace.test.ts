import { beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '#lib/core/durations'
import { openSlack } from '#lib/notify/slack/web-api'
import { testDatabase } from '../../../../test/database'
import { startSlackAnswers } from '../../../../test/slack-answers'
import { SLACK_ENV } from '../../../../test/slack-rows'
import { must, world } from '../../../../test/world'
import { endWorkspace } from './end-workspace'
import { installAtStart } from './install-from-token'
import { installWorkspace } from './install-workspace'
import { removeWorkspace } from './remove-workspace'
import { startInstall } from './start-install'

const { url } = await testDatabase()
const edge = await startSlackAnswers()
const w = await world(url, { env: { ...SLACK_ENV, SLACK_API_URL: edge.url } })
const { runtime } = w
const { db } = runtime
const ADMIN = { sessionId: 'ses_of_jonas', personId: w.owner.id }
const APPROVER = { sessionId: 'ses_of_mara', personId: w.mara.id }
const TOKEN = 'xoxb-installed-token'

const INSTALLED = {
  ok: true,
  app_id: SLACK_ENV.SLACK_APP_ID,
  access_token: TOKEN,
  scope: 'chat:write,commands',
  bot_user_id: 'U0BOT',
  team: { id: 'T0OSTERBY', name: 'Osterby' },
  enterprise: null,
  is_enterprise_install: false,
}

beforeEach(async () => {
  edge.calls.length = 0
  edge.answer.clear()
  edge.answer.set('oauth.v2.access', INSTALLED)
  await db.slackWorkspace.deleteMany()
  runtime.slack?.forgetWorkspace()
})

async function begin(
  session = ADMIN,
): Promise<{ session: typeof ADMIN; state: string; code: string }> {
  const { url: to } = must(await startInstall(runtime, session))
  return { session, state: new URL(to).searchParams.get('state') ?? '', code: 'a code' }
}
const row = () => db.slackWorkspace.findUnique({ where: { id: 1 } })
const revoked = () => edge.calls.filter(({ method }) => method === 'auth.revoke')
async function lastEvent() {
  return await db.event.findFirst({
    where: { stream: 'installation' },
    orderBy: { ordinal: 'desc' },
    select: { type: true, actor: true, body: true },
  })
}

describe('installing the app from the console', () => {
  it('an admin is sent to Slack and comes back with a workspace, its token sealed and the deed audited', async () => {
    const begun = await begin()
    expect(await installWorkspace(runtime, begun)).toBe('done')
    const exchange = edge.calls.find(({ method }) => method === 'oauth.v2.access')
    expect(exchange?.args).toMatchObject({
      code: 'a code',
      redirect_uri: 'http://localhost:3000/slack/oauth',
      client_id: SLACK_ENV.SLACK_CLIENT_ID,
    })
    const kept = await row()
    expect(kept).toMatchObject({ teamId: 'T0OSTERBY', installedBy: w.owner.id, fault: null })
    expect(JSON.stringify(kept)).not.toContain(TOKEN)
    expect(await lastEvent()).toEqual({
      type: 'slack.installed',
      actor: { kind: 'person', id: w.owner.id },
      body: {
        team: 'T0OSTERBY',
        enterprise: '',
        app: SLACK_ENV.SLACK_APP_ID,
        bot_user: 'U0BOT',
        scopes: ['chat:write', 'commands'],
      },
    })
    edge.answer.set('auth.test', { ok: true, team_id: 'T0OSTERBY', user_id: 'U0BOT' })
    expect((await runtime.slack?.authTest())?.ok).toBe(true)
    expect(edge.calls.at(-1)?.token).toBe(TOKEN)
  })

  it('nobody but an admin begins or ends an installation', async () => {
    expect((await startInstall(runtime, APPROVER)).ok).toBe(false)
    const begun = await begin()
    const asApprover = { ...begun, session: { ...begun.session, personId: w.mara.id } }
    expect(await installWorkspace(runtime, asApprover)).toBe('forbidden')
    await db.person.update({ where: { id: w.owner.id }, data: { active: false } })
    const asDeactivated = await installWorkspace(runtime, begun)
    await db.person.update({ where: { id: w.owner.id }, data: { active: true } })
    expect(asDeactivated).toBe('forbidden')
    expect(edge.calls).toEqual([])
  })

  it('a state of another session, an invented one and one of eleven minutes ago are refused', async () => {
    const begun = await begin()
    const other = { ...ADMIN, sessionId: 'ses_of_somebody_else' }
    expect(await installWorkspace(runtime, { ...begun, session: other })).toBe('state')
    expect(await installWorkspace(runtime, { ...begun, state: 'invented' })).toBe('state')
    const later = { ...runtime, now: () => Date.now() + 11 * MINUTE_MS }
    expect(await installWorkspace(later, begun)).toBe('state')
    expect(edge.calls).toEqual([])
    expect(await row()).toBeNull()
  })

  it('a state serves once, also when Slack sends the browser back ten times at once', async () => {
    const begun = await begin()
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => installWorkspace(runtime, begun)),
    )
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'state')).toHaveLength(9)
    expect(edge.calls.filter(({ method }) => method === 'oauth.v2.access')).toHaveLength(1)
  })

  it('an installation for a whole organisation, or of another app, is refused and its token revoked', async () => {
    edge.answer.set('oauth.v2.access', { ...INSTALLED, team: null, is_enterprise_install: true })
    expect(await installWorkspace(runtime, await begin())).toBe('enterprise_wide')
    edge.answer.set('oauth.v2.access', { ...INSTALLED, app_id: 'A0ANOTHER' })
    expect(await installWorkspace(runtime, await begin())).toBe('other_app')
    expect(revoked().map(({ token }) => token)).toEqual([TOKEN, TOKEN])
    expect(await row()).toBeNull()
  })

  it('another workspace is refused while one is installed, and taken once that was removed', async () => {
    expect(await installWorkspace(runtime, await begin())).toBe('done')
    const team = { id: 'T0ANOTHER', name: 'Another' }
    edge.answer.set('oauth.v2.access', { ...INSTALLED, access_token: 'xoxb-another', team })
    expect(await installWorkspace(runtime, await begin())).toBe('other_workspace')
    expect(revoked().map(({ token }) => token)).toEqual(['xoxb-another'])
    expect((await row())?.teamId).toBe('T0OSTERBY')
    must(await removeWorkspace(runtime, { byPersonId: w.owner.id }))
    expect(await installWorkspace(runtime, await begin())).toBe('done')
    expect((await row())?.teamId).toBe('T0ANOTHER')
  })

  it('what Slack refuses or does not answer leaves everything as it was', async () => {
    edge.answer.set('oauth.v2.access', { ok: false, error: 'invalid_code' })
    expect(await installWorkspace(runtime, await begin())).toBe('refused')
    edge.answer.set('oauth.v2.access', null)
    expect(await installWorkspace(runtime, await begin())).toBe('unreachable')
    expect(await row()).toBeNull()
  })
})

describe('removing the app', () => {
  it('an admin removes it: revoked in Slack, forgotten here, audited', async () => {
    await installWorkspace(runtime, await begin())
    const asApprover = await removeWorkspace(runtime, { byPersonId: w.mara.id })
    expect(asApprover.ok).toBe(false)
    expect(revoked()).toEqual([])
    expect(must(await removeWorkspace(runtime, { byPersonId: w.owner.id }))).toEqual({
      isRevoked: true,
    })
    expect(revoked().map(({ token }) => token)).toEqual([TOKEN])
    expect(await row()).toBeNull()
    expect(await lastEvent()).toMatchObject({
      type: 'slack.removed',
      actor: { kind: 'person', id: w.owner.id },
      body: { team: 'T0OSTERBY', cause: 'console', revoked: true },
    })
    expect(await runtime.slack?.authTest()).toEqual({
      ok: false,
      kind: 'refused',
      code: 'not_installed',
    })
  })

  it('while Slack cannot be reached it is forgotten all the same, and that it was not revoked is told', async () => {
    await installWorkspace(runtime, await begin())
    edge.answer.set('auth.revoke', null)
    expect(must(await removeWorkspace(runtime, { byPersonId: w.owner.id }))).toEqual({
      isRevoked: false,
    })
    expect(await row()).toBeNull()
  })

  it('a token that does not open any more can be removed and replaced', async () => {
    await installWorkspace(runtime, await begin())
    await db.slackWorkspace.update({
      where: { id: 1 },
      data: { sealedBotToken: 'of another secret' },
    })
    runtime.slack?.forgetWorkspace()
    expect(await runtime.slack?.authTest()).toMatchObject({ ok: false, code: 'not_installed' })
    expect(await installWorkspace(runtime, await begin())).toBe('done')
    await db.slackWorkspace.update({
      where: { id: 1 },
      data: { sealedBotToken: 'of another secret' },
    })
    expect(must(await removeWorkspace(runtime, { byPersonId: w.owner.id }))).toEqual({
      isRevoked: false,
    })
    expect(await row()).toBeNull()
  })

  it('removed in Slack: the token is forgotten and the row says why; told late, it ends no newer installation', async () => {
    await installWorkspace(runtime, await begin())
    const before = Date.now() - MINUTE_MS
    await endWorkspace(runtime, { cause: 'app_uninstalled', at: before })
    expect((await row())?.sealedBotToken).not.toBe('')
    await endWorkspace(runtime, { cause: 'app_uninstalled', at: Date.now() })
    expect(await row()).toMatchObject({
      sealedBotToken: '',
      sealedRefreshToken: null,
      fault: 'The app was removed in Slack. Install it again to go on.',
    })
    expect(await lastEvent()).toMatchObject({ type: 'slack.removed', actor: { kind: 'system' } })
    expect(await runtime.slack?.authTest()).toEqual({
      ok: false,
      kind: 'refused',
      code: 'not_installed',
    })
    expect(await installWorkspace(runtime, await begin())).toBe('done')
    expect((await row())?.fault).toBeNull()
  })
})

describe('a token that was installed in Slack itself', () => {
  const withToken = (botToken: string) => {
    const { slack } = runtime.config
    if (!slack) throw new Error('Slack is not configured')
    return { ...runtime, config: { ...runtime.config, slack: { ...slack, botToken } } }
  }
  const IDENTITY = { ok: true, team_id: 'T0OSTERBY', team: 'Osterby', user_id: 'U0BOT' }

  it('is kept at start, sealed, and audited once however often the process starts', async () => {
    edge.answer.set('auth.test', IDENTITY)
    const events = await db.event.count({ where: { type: 'slack.installed' } })
    for (let start = 0; start < 3; start++) {
      await installAtStart(withToken('xoxb-given'), AbortSignal.timeout(5_000))
    }
    expect(await row()).toMatchObject({ teamId: 'T0OSTERBY', installedBy: null })
    expect(JSON.stringify(await row())).not.toContain('xoxb-given')
    expect(await db.event.count({ where: { type: 'slack.installed' } })).toBe(events + 1)
  })

  it('a start goes on while Slack cannot be reached, and the workspace is kept once it can', async () => {
    edge.answer.set('auth.test', null)
    const kept = installAtStart(withToken('xoxb-given'), AbortSignal.timeout(10_000), 20)
    await expect.poll(() => edge.calls.length).toBeGreaterThan(1)
    expect(await row()).toBeNull()
    edge.answer.set('auth.test', IDENTITY)
    await kept
    expect((await row())?.teamId).toBe('T0OSTERBY')
  })

  it('one that Slack does not know, or of a whole organisation, makes no workspace', async () => {
    edge.answer.set('auth.test', { ok: false, error: 'invalid_auth' })
    await installAtStart(withToken('xoxb-given'), AbortSignal.timeout(5_000))
    edge.answer.set('auth.test', { ...IDENTITY, is_enterprise_install: true })
    await installAtStart(withToken('xoxb-given'), AbortSignal.timeout(5_000))
    expect(await row()).toBeNull()
  })
})

describe('a token that rotates', () => {
  const HOUR = 3_600
  const rotating = { ...INSTALLED, refresh_token: 'xoxe-1-first', expires_in: 12 * HOUR }
  const next = {
    ok: true,
    access_token: 'xoxe.xoxb-next',
    refresh_token: 'xoxe-1-next',
    expires_in: 12 * HOUR,
  }
  /** Two processes, each with a memory of its own, this much later. */
  const processes = (laterMs: number) =>
    Array.from({ length: 2 }, () => openSlack({ ...runtime, now: () => Date.now() + laterMs }))
  const refreshes = () =>
    edge.calls
      .filter(({ args }) => args['grant_type'] === 'refresh_token')
      .map(({ args }) => args['refresh_token'])

  beforeEach(async () => {
    edge.answer.set('oauth.v2.access', rotating)
    await installWorkspace(runtime, await begin())
    edge.answer.set('oauth.v2.access', next)
    edge.answer.set('auth.test', { ok: true, team_id: 'T0OSTERBY', user_id: 'U0BOT' })
  })

  const atOnce = (laterMs: number) =>
    Promise.all(
      processes(laterMs).flatMap((slack) => Array.from({ length: 5 }, () => slack?.authTest())),
    )
  const tokensUsed = () =>
    new Set(edge.calls.filter(({ method }) => method === 'auth.test').map(({ token }) => token))

  it('is renewed shortly before it ends, once for all processes, and the new pair is sealed', async () => {
    const soon = 12 * HOUR * 1000 - 9 * MINUTE_MS
    expect((await atOnce(soon)).every((answer) => answer?.ok)).toBe(true)
    expect(refreshes()).toEqual(['xoxe-1-first'])
    edge.calls.length = 0
    expect((await atOnce(soon)).every((answer) => answer?.ok)).toBe(true)
    expect(refreshes()).toEqual([])
    expect(tokensUsed()).toEqual(new Set(['xoxe.xoxb-next']))
    expect(JSON.stringify(await row())).not.toMatch(/xox/)
  })

  it('that has ended is renewed once, and every process waits for the next', async () => {
    const answers = await atOnce(12 * HOUR * 1000 + MINUTE_MS)
    expect(answers.every((answer) => answer?.ok)).toBe(true)
    expect(refreshes()).toEqual(['xoxe-1-first'])
    expect(tokensUsed()).toEqual(new Set(['xoxe.xoxb-next']))
  })

  it('is asked for once though the database takes the new pair only at the second try', async () => {
    await db.$executeRaw`CREATE SEQUENCE kept_tries`
    await db.$executeRaw`
      CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('kept_tries') = 1 THEN
          RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
      END $$`
    await db.$executeRaw`
      CREATE CONSTRAINT TRIGGER fail_once AFTER UPDATE OF sealed_refresh_token ON slack_workspaces
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_once()`
    const [slack] = processes(12 * HOUR * 1000 + MINUTE_MS)
    const answer = await slack?.authTest()
    await db.$executeRaw`DROP TRIGGER fail_once ON slack_workspaces`
    const [tries] = await db.$queryRaw<{ count: bigint }[]>`
      SELECT last_value AS count FROM kept_tries`
    expect(Number(tries?.count)).toBe(2)
    expect(answer?.ok).toBe(true)
    expect(refreshes()).toEqual(['xoxe-1-first'])
    expect(tokensUsed()).toEqual(new Set(['xoxe.xoxb-next']))
  })

  it('whose renewal was used up by an answer that got lost serves until it ends, and the fault is told', async () => {
    edge.answer.set('oauth.v2.access', { ok: false, error: 'invalid_refresh_token' })
    const [slack] = processes(12 * HOUR * 1000 - 5 * MINUTE_MS)
    expect((await slack?.authTest())?.ok).toBe(true)
    expect(tokensUsed()).toEqual(new Set([TOKEN]))
    const [late] = processes(12 * HOUR * 1000 + MINUTE_MS)
    expect(await late?.authTest()).toEqual({
      ok: false,
      kind: 'refused',
      code: 'invalid_refresh_token',
    })
    expect((await row())?.fault).toContain('install the app again')
  })

  it('is used as another process left it, by one that read the row before', async () => {
    const [late, early] = processes(12 * HOUR * 1000 + MINUTE_MS)
    expect((await early?.authTest())?.ok).toBe(true)
    edge.answer.set('oauth.v2.access', { ok: false, error: 'invalid_refresh_token' })
    expect((await late?.authTest())?.ok).toBe(true)
    expect(refreshes()).toEqual(['xoxe-1-first'])
  })

  it('is renewed by another process once the one that began died', async () => {
    const atMs = Date.now() + 12 * HOUR * 1000 + MINUTE_MS
    await db.slackWorkspace.updateMany({ data: { refreshingUntil: new Date(atMs + 15_000) } })
    const [slack] = processes(12 * HOUR * 1000 + 2 * MINUTE_MS)
    expect((await slack?.authTest())?.ok).toBe(true)
    expect(refreshes()).toEqual(['xoxe-1-first'])
  })

  it('serves until it ends while Slack does not renew it, and no longer', async () => {
    edge.answer.set('oauth.v2.access', null)
    const [slack] = processes(12 * HOUR * 1000 - 5 * MINUTE_MS)
    expect((await slack?.authTest())?.ok).toBe(true)
    expect(edge.calls.at(-1)?.token).toBe(TOKEN)
    const [late] = processes(12 * HOUR * 1000 + MINUTE_MS)
    expect(await late?.authTest()).toMatchObject({ ok: false, kind: 'unreachable' })
    expect((await row())?.fault).toContain('did not renew the bot token')
    edge.answer.set('oauth.v2.access', next)
    const [renewed] = processes(12 * HOUR * 1000 + MINUTE_MS)
    expect((await renewed?.authTest())?.ok).toBe(true)
    expect((await row())?.fault).toBeNull()
  })
})
