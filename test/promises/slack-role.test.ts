import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { forgetSeen } from '#lib/commands/slack/delivery/wake-slack'
import { createSignPass } from '#lib/commands/slack/person/create-sign-pass'
import { endWorkspace } from '#lib/commands/slack/workspace/end-workspace'
import { castVote } from '#lib/commands/vote/cast-vote'
import { openSlack } from '#lib/notify/slack/web-api'
import { createRuntime } from '#lib/runtime'
import { slackHeaders } from '../../scripts/slack/signed-body'
import { createSlackApp } from '../../slack/app'
import { createSlackReceiver } from '../../slack/receiver'
import { testDatabase } from '../database'
import {
  command,
  happen,
  linkTo,
  postCard,
  press,
  type SlackWorld,
  send,
  slackWorld,
} from '../slack-clicks'
import { SLACK_ENV } from '../slack-rows'
import { must, ROLLBACK_PLAN, shownDigest, submit } from '../world'

/** The process of Socket Mode, on the login that the manual tells to give it. */
const { url, name } = await testDatabase()
const superuser = await slackWorld(url)
await query(url, `CREATE ROLE ${name} LOGIN PASSWORD 'p' IN ROLE countersign_slack`)
afterAll(() => query(url, `DROP OWNED BY ${name}; DROP ROLE ${name}`))
const address = new URL(url)
address.username = name
address.password = 'p'
const runtime = await createRuntime({ ...superuser.runtime.config, databaseUrl: address.href })
afterAll(() => runtime.close())

const w: SlackWorld = { ...superuser, deliver: door() }
const { db } = superuser.runtime
const mara = await linkTo(w, w.mara, 'U0MARA')
const tomas = await linkTo(w, w.tomas, 'U0TOMAS')

/** Deliveries are taken in, and worked on, by the process with the login of its own. */
function door(): SlackWorld['deliver'] {
  const { slack, now, log } = runtime
  if (!slack) throw new Error('Slack is not configured')
  const { SLACK_SIGNING_SECRET: signingSecret, SLACK_APP_ID: appId } = SLACK_ENV
  const receiver = createSlackReceiver({ signingSecret, appId, slack, now, log })
  const app = createSlackApp({ runtime, receiver })
  return async (what) => {
    const headers = slackHeaders(what, signingSecret, now())
    const at = new URL(what.path, 'http://localhost:3000')
    const answer = await receiver.handle(
      new Request(at, { method: 'POST', headers, body: what.body }),
    )
    await app.settled()
    return answer
  }
}

async function query(to: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: to })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
const asRole = (statement: string) => query(address.href, statement)
const votesOn = (requestId: string) => db.vote.findMany({ where: { requestId, endedAt: null } })

describe('the process that Slack speaks to', () => {
  it.each([
    ['signing keys', 'SELECT * FROM signing_keys'],
    ['hashes of API keys', 'SELECT secret_hash FROM api_keys'],
    ['hashes of API keys, with all else of them', 'SELECT * FROM api_keys'],
    ['sign-in links', 'SELECT * FROM sign_in_links'],
    ['sessions', 'SELECT * FROM sessions'],
    ['recovery codes', 'SELECT * FROM recovery_codes'],
    ['announcements', 'SELECT * FROM announcements'],
  ])('cannot read %s', async (_what, statement) => {
    await expect(asRole(statement)).rejects.toThrow(/permission denied/)
  })

  it.each([
    ['a person', "UPDATE people SET roles = '{admin}'"],
    ['a member of a group', "INSERT INTO group_members (group_name, person_id) VALUES ('g', 'p')"],
    ['a policy', 'DELETE FROM policy_versions'],
    ['a routing', 'DELETE FROM slack_routings'],
    ['an event', "UPDATE events SET type = 'x'"],
    ['a passkey', 'UPDATE passkeys SET counter = 0'],
    ['a session', 'DELETE FROM sessions'],
    ['a recovery code', 'UPDATE recovery_codes SET used_at = NULL'],
    ['an announcement', 'DELETE FROM announcements'],
    [
      'a link of a Slack user to a human',
      "INSERT INTO slack_links (id, person_id, team_id, user_id, user_name, linked_at) VALUES ('l', 'p', 't', 'u', 'n', now())",
    ],
    ['whose a link is', "UPDATE slack_links SET person_id = 'p'"],
    ['which Slack user a link is of', "UPDATE slack_links SET user_id = 'U0THIEF'"],
    ['whose a code for a link is', "UPDATE slack_link_codes SET user_id = 'U0THIEF'"],
    ['whose a signing pass is', "UPDATE sign_passes SET person_id = 'p'"],
    ['a table', 'CREATE TABLE mine (id int)'],
  ])('cannot make or change %s', async (_what, statement) => {
    await expect(asRole(statement)).rejects.toThrow(/permission denied|does not exist/)
  })

  it('takes a vote by code through the same command as everybody', async () => {
    const requestId = await submit(w)
    const link = await db.slackLink.findFirstOrThrow({ where: { userId: mara } })
    const cast = await castVote(runtime, {
      requestId,
      personId: w.mara.id,
      choice: 'approve',
      channel: 'slack',
      slackLinkId: link.id,
      reviewDigest: await shownDigest(w.runtime, requestId),
      mfa: { kind: 'totp', code: await w.mara.code() },
      note: null,
      reason: null,
    })
    must(cast)
    expect(await votesOn(requestId)).toMatchObject([{ channel: 'slack', method: 'totp' }])
  })

  it('counts an approval with a code typed in Slack, and a rejection', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const asked = await press(w, mara, card, 'approve')
    const fields = { code: await w.mara.code(), note: 'read' }
    const done = await send(w, mara, { viewId: asked.viewId, fields })
    expect([done.title, (await votesOn(requestId)).length]).toEqual(['Signed', 1])
    const other = await submit(w)
    const refused = await press(w, tomas, await postCard(w, other), 'reject')
    await send(w, tomas, { viewId: refused.viewId, fields: { reason: 'too_risky', note: '' } })
    expect(await votesOn(other)).toMatchObject([{ choice: 'reject', channel: 'slack' }])
  })

  it('locks codes after five wrong ones, and announces it', async () => {
    const requestId = await submit(w)
    const asked = await press(w, tomas, await postCard(w, requestId), 'approve')
    const right = await w.tomas.code()
    const wrong = right.startsWith('0') ? `1${right.slice(1)}` : `0${right.slice(1)}`
    for (let n = 0; n < 5; n++) {
      await send(w, tomas, { viewId: asked.viewId, fields: { code: wrong, note: '' } })
    }
    const row = await db.totp.findUniqueOrThrow({ where: { personId: w.tomas.id } })
    expect(row.lockedUntil?.getTime()).toBeGreaterThan(Date.now())
    const told = await db.announcement.findMany({ where: { personId: w.tomas.id } })
    expect(told.map(({ text }) => text)).toEqual([expect.stringContaining('were locked')])
    await db.totp.updateMany({ data: { lockedUntil: null, lockCount: 0 } })
  })

  it('shows details, takes a rollback plan, opens the inbox and links who is not known yet', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    expect((await press(w, mara, card, 'details')).text).toContain('Deploy release 2026.03.14')
    const form = await press(w, mara, card, 'addEvidence')
    const fields = {
      'rollback_plan.steps': ROLLBACK_PLAN.steps.join('\n'),
      'rollback_plan.owner': ROLLBACK_PLAN.owner,
      'rollback_plan.estimated_minutes': '12',
      'rollback_plan.previous_version': ROLLBACK_PLAN.previous_version,
    }
    const taken = await send(w, mara, { viewId: form.viewId, fields })
    expect(taken.answer).toMatchObject({ response_action: 'update' })
    expect(await db.evidence.count({ where: { requestId, type: 'rollback_plan' } })).toBe(1)
    await happen(w, { type: 'app_home_opened', user: mara, channel: 'D0MARA', tab: 'home' })
    expect(w.double.views.get(`home:${mara}`)).toBeDefined()
    expect(await command(w, mara, 'inbox')).not.toBe('')
    expect(await command(w, 'U0NOBODY', 'link')).not.toBe('')
    expect(await db.slackLinkCode.count({ where: { userId: 'U0NOBODY' } })).toBe(1)
    expect(await command(w, tomas, 'unlink')).not.toBe('')
    expect(await db.slackLink.count({ where: { userId: tomas, endedAt: null } })).toBe(0)
  })

  it('cannot make a link live again that was ended', async () => {
    expect(await db.slackLink.count({ where: { userId: tomas, endedAt: { not: null } } })).toBe(1)
    const revived = asRole(`UPDATE slack_links SET ended_at = NULL WHERE user_id = '${tomas}'`)
    await expect(revived).rejects.toThrow(/append-only: UPDATE on slack_links/)
  })

  it('sweeps codes and passes that have ended when it makes new ones', async () => {
    const longAgo = new Date('2020-01-01')
    const code = { teamId: w.double.teamId, userId: 'U0OLD', userName: 'old', expiresAt: longAgo }
    await db.slackLinkCode.create({ data: { tokenHash: 'an old code', ...code } })
    await command(w, 'U0NOBODY', 'link')
    expect(await db.slackLinkCode.count({ where: { userId: 'U0OLD' } })).toBe(0)
    expect(await db.slackLinkCode.count({ where: { userId: 'U0NOBODY' } })).toBeGreaterThan(0)
    const requestId = await submit(w)
    const { id: linkId } = await db.slackLink.findFirstOrThrow({ where: { userId: mara } })
    const pass = { personId: w.mara.id, requestId, linkId, expiresAt: longAgo }
    await db.signPass.create({ data: { tokenHash: 'an old pass', ...pass } })
    must(await createSignPass(runtime, { requestId, personId: w.mara.id }))
    expect(await db.signPass.findUnique({ where: { tokenHash: 'an old pass' } })).toBeNull()
  })

  it('keeps what Slack says of the workspace, and its end', async () => {
    w.double.trouble({ kind: 'down' }, { times: 1 })
    expect((await openSlack(runtime)?.authTest())?.ok).toBe(false)
    expect((await db.slackWorkspace.findFirst())?.fault).toContain('could not be reached')
    await endWorkspace(runtime, { cause: 'app_uninstalled', at: Date.now() })
    expect((await db.slackWorkspace.findFirst())?.sealedBotToken).toBe('')
  })

  it('leaves forgetting what came to the worker', async () => {
    const id = randomBytes(8).toString('hex')
    await db.slackSeen.create({ data: { id, seenAt: new Date(Date.now() - 3_600_000) } })
    await expect(forgetSeen(runtime.db)).rejects.toThrow(/permission denied/)
    await forgetSeen(db)
    expect(await db.slackSeen.findUnique({ where: { id } })).toBeNull()
  })
})
