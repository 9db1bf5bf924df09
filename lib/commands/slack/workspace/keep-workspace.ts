import type { EventDraft } from '#lib/db/append-events'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import type { TokenSet } from '#lib/notify/slack/oauth'
import { sealTokens, unsealBotToken } from '#lib/notify/slack/tokens-at-rest'
import type { Runtime } from '#lib/runtime'

export interface NewWorkspace {
  enterpriseId: string
  teamId: string
  teamName: string
  appId: string
  botUserId: string
  scopes: string[]
  tokens: TokenSet
  /** Null: the one who runs the process, by SLACK_BOT_TOKEN. */
  byPersonId: string | null
}

export type WorkspaceRow = NonNullable<Awaited<ReturnType<typeof lockWorkspace>>>

const WORKSPACE_LOCK = 4_271_007

/** The workspace's row, or null where none is; either way nobody else writes it until this transaction ends. */
export async function lockWorkspace(tx: Tx) {
  await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(${WORKSPACE_LOCK})::text`)
  await tx.$queryRaw`SELECT id FROM slack_workspaces WHERE id = 1 FOR UPDATE`
  return await tx.slackWorkspace.findUnique({ where: { id: 1 } })
}

/** Writes the workspace, and the audit trail where it or its token is new. */
export async function keepWorkspaceRow(
  tx: Tx,
  { sealer, now }: Pick<Runtime, 'sealer' | 'now'>,
  workspace: NewWorkspace,
  before: WorkspaceRow | null,
): Promise<void> {
  const { tokens, byPersonId, ...names } = workspace
  const isSame =
    before !== null &&
    before.teamId === names.teamId &&
    before.appId === names.appId &&
    unsealBotToken(sealer, before) === tokens.botToken
  const data = {
    ...names,
    ...sealTokens(sealer, names.teamId, tokens, now()),
    ...(isSame ? {} : { installedAt: new Date(now()), installedBy: byPersonId }),
    pausedUntil: null,
    fault: null,
    faultAt: null,
  }
  await tx.slackWorkspace.upsert({
    where: { id: 1 },
    create: { id: 1, ...data, installedAt: new Date(now()), installedBy: byPersonId },
    update: data,
  })
  if (!isSame) await appendEvents(tx, [installed(workspace)], now())
}

function installed({ byPersonId, ...workspace }: NewWorkspace): EventDraft {
  return {
    stream: 'installation',
    type: 'slack.installed',
    actor: byPersonId === null ? { kind: 'system' } : { kind: 'person', id: byPersonId },
    body: {
      team: workspace.teamId,
      enterprise: workspace.enterpriseId,
      app: workspace.appId,
      bot_user: workspace.botUserId,
      scopes: workspace.scopes,
    },
  }
}
