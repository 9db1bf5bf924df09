import { beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../../../test/database'
import { SLACK_ENV, slackRows } from '../../../test/slack-rows'
import { world } from '../../../test/world'
import { slackView } from './slack-view'

const { url } = await testDatabase()
const w = await world(url, { env: SLACK_ENV })
const { db, config } = w.runtime
const rows = slackRows(w)

beforeEach(() => rows.clear())

const view = (from: number | null = null) => slackView(w.runtime, from)
/** The same installation with some of Slack's settings otherwise. */
const viewWith = (slack: Partial<NonNullable<typeof config.slack>>) => {
  if (config.slack === null) throw new Error('Slack is set up in this test')
  return slackView(
    { ...w.runtime, config: { ...config, slack: { ...config.slack, ...slack } } },
    null,
  )
}

test('where nothing is set there is nothing to show', async () => {
  expect(await slackView({ ...w.runtime, config: { ...config, slack: null } }, null)).toBeNull()
})

test('the workspace is told with who installed it and what ails it, and no token with it', async () => {
  expect(await view()).toMatchObject({ workspace: null, appId: 'A0COUNTERSIGN' })
  await rows.workspace({
    installedBy: w.owner.id,
    tokenExpiresAt: rows.in(1_000),
    sealedBotToken: 'a sealed token',
    fault: 'The bot token was revoked in Slack.',
    faultAt: rows.in(0),
  })
  await rows.link(w.mara.id, 'mara')
  const shown = await view()
  expect(shown).toMatchObject({
    linkedCount: 1,
    peopleCount: 5,
    workspace: {
      teamName: 'Osterby',
      teamId: 'T0OSTERBY',
      installedByName: 'Jonas Weber',
      isRotated: true,
    },
    fault: { why: 'The bot token was revoked in Slack.' },
  })
  expect(JSON.stringify(shown)).not.toContain('sealed')
  await db.slackWorkspace.update({ where: { id: 1 }, data: { sealedBotToken: '' } })
  expect(await view()).toMatchObject({ workspace: null, fault: shown?.fault })
})

test('how Slack reaches us, and where the token comes from, are told from the settings', async () => {
  expect(await view()).toMatchObject({ mode: 'http', token: 'oauth' })
  expect(await viewWith({ appToken: 'xapp-1' })).toMatchObject({ mode: 'socket' })
  expect(await viewWith({ botToken: 'xoxb-1' })).toMatchObject({ token: 'environment' })
  expect(await viewWith({ client: null })).toMatchObject({ token: 'none' })
})

test('the editor starts from the newest routing, or from an older one that is asked for', async () => {
  expect((await view())?.routing).toEqual({ source: '', ordinal: null, versions: [] })
  const [first, second] = [rows.in(0), rows.in(1_000)]
  await db.slackRouting.createMany({
    data: [
      { ordinal: 1, source: 'default: C0FIRST', publishedAt: first, publishedBy: null },
      { ordinal: 2, source: 'default: C0SECOND', publishedAt: second, publishedBy: w.owner.id },
    ],
  })
  expect((await view())?.routing).toEqual({
    source: 'default: C0SECOND',
    ordinal: 2,
    versions: [
      { ordinal: 2, publishedAt: second.toISOString(), publishedByName: 'Jonas Weber' },
      { ordinal: 1, publishedAt: first.toISOString(), publishedByName: null },
    ],
  })
  expect((await view(1))?.routing).toMatchObject({ source: 'default: C0FIRST', ordinal: 1 })
  expect((await view(9))?.routing).toMatchObject({ source: 'default: C0SECOND', ordinal: 2 })
})
