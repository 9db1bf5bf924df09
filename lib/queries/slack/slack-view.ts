import type { SlackConfig } from '#lib/config'
import type { Runtime } from '#lib/runtime'
import type { SlackSetupView, SlackWorkspaceView } from '#lib/wire/views/slack-setup'
import { faultOf, isInstalled } from './fault'

const MOST_VERSIONS = 50

/**
 * How Slack is set up here; null when it is not set up at all. For admins.
 * @param startFrom ordinal of the version that the editor is filled with; null: the newest
 */
export async function slackView(
  runtime: Pick<Runtime, 'config' | 'db'>,
  startFrom: number | null,
): Promise<SlackSetupView | null> {
  const { db, config } = runtime
  if (config.slack === null) return null
  const [workspace, versions, peopleCount, linkedCount] = await Promise.all([
    readWorkspace(runtime),
    db.slackRouting.findMany({
      orderBy: { ordinal: 'desc' },
      take: MOST_VERSIONS,
      select: { ordinal: true, publishedAt: true, publishedBy: true },
    }),
    db.person.count({ where: { active: true } }),
    db.person.count({ where: { active: true, slackLinks: { some: { endedAt: null } } } }),
  ])
  const chosen = versions.find(({ ordinal }) => ordinal === startFrom) ?? versions[0]
  const [source, names] = await Promise.all([
    chosen ? db.slackRouting.findUnique({ where: { ordinal: chosen.ordinal } }) : null,
    namesOf(runtime, [
      workspace?.installedBy ?? null,
      ...versions.map(({ publishedBy }) => publishedBy),
    ]),
  ])
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
  return {
    appId: config.slack.appId,
    mode: config.slack.appToken === null ? 'http' : 'socket',
    token: tokenOf(config.slack),
    workspace: isInstalled(workspace)
      ? workspaceView(workspace, nameOf(workspace.installedBy))
      : null,
    fault: faultOf(workspace),
    linkedCount,
    peopleCount,
    routing: {
      source: source?.source ?? '',
      ordinal: source?.ordinal ?? null,
      versions: versions.map(({ ordinal, publishedAt, publishedBy }) => ({
        ordinal,
        publishedAt: publishedAt.toISOString(),
        publishedByName: nameOf(publishedBy),
      })),
    },
  }
}

function tokenOf({ client, botToken }: SlackConfig): SlackSetupView['token'] {
  if (botToken !== null) return 'environment'
  return client === null ? 'none' : 'oauth'
}

function readWorkspace({ db }: Pick<Runtime, 'db'>) {
  return db.slackWorkspace.findUnique({
    where: { id: 1 },
    select: {
      enterpriseId: true,
      teamId: true,
      teamName: true,
      botUserId: true,
      sealedBotToken: true,
      tokenExpiresAt: true,
      installedAt: true,
      installedBy: true,
      pausedUntil: true,
      fault: true,
      faultAt: true,
    },
  })
}

type WorkspaceRow = NonNullable<Awaited<ReturnType<typeof readWorkspace>>>

function workspaceView(row: WorkspaceRow, installedByName: string | null): SlackWorkspaceView {
  return {
    teamName: row.teamName,
    teamId: row.teamId,
    enterpriseId: row.enterpriseId,
    botUserId: row.botUserId,
    installedAt: row.installedAt.toISOString(),
    installedByName,
    isRotated: row.tokenExpiresAt !== null,
    pausedUntil: row.pausedUntil?.toISOString() ?? null,
  }
}

async function namesOf({ db }: Pick<Runtime, 'db'>, ids: (string | null)[]) {
  const people = await db.person.findMany({
    where: { id: { in: ids.flatMap((id) => id ?? []) } },
    select: { id: true, name: true },
  })
  return new Map(people.map(({ id, name }) => [id, name]))
}
