import { setTimeout as pause } from 'node:timers/promises'
import type { SlackConfig } from '#lib/config'
import { SECOND_MS } from '#lib/core/durations'
import { inTransaction } from '#lib/db/transaction'
import { failureWords } from '#lib/notify/slack/answer'
import { type SlackIdentity, testToken } from '#lib/notify/slack/oauth'
import type { Runtime } from '#lib/runtime'
import { SLACK_SCOPES } from '#lib/wire/slack/install'
import { keepWorkspaceRow, lockWorkspace } from './keep-workspace'

type InstallRuntime = Pick<Runtime, 'db' | 'config' | 'sealer' | 'slack' | 'now' | 'log'>

const AGAIN_MS = 15 * SECOND_MS

/**
 * The app was installed in Slack itself and SLACK_BOT_TOKEN says with which token: keeps the workspace that it belongs to.
 * Goes on in the background until Slack and the database answered, for a start does not depend on either.
 */
export async function installAtStart(
  runtime: InstallRuntime,
  stopping: AbortSignal,
  againMs: number = AGAIN_MS,
): Promise<void> {
  while (!stopping.aborted) {
    if (await isSettled(runtime)) return
    await pause(againMs, undefined, { signal: stopping, ref: false }).catch(() => undefined)
  }
}

/** @returns false where it is worth another try */
async function isSettled(runtime: InstallRuntime): Promise<boolean> {
  try {
    return await installFromToken(runtime)
  } catch (error) {
    runtime.log.warn({ error }, 'the workspace of Slack could not be kept')
    return false
  }
}

async function installFromToken(runtime: InstallRuntime): Promise<boolean> {
  const { slack } = runtime.config
  if (!slack?.botToken) return true
  const answer = await testToken(slack.apiUrl, slack.botToken)
  if (!answer.ok) {
    runtime.log.warn(
      { answer: failureWords(answer) },
      'Slack did not say which workspace SLACK_BOT_TOKEN belongs to',
    )
    return answer.kind === 'refused'
  }
  if (answer.value.isEnterpriseWide || answer.value.teamId === '') {
    runtime.log.error(
      'SLACK_BOT_TOKEN was installed for a whole organisation; Countersign works in one workspace',
    )
    return true
  }
  await keep(runtime, slack, slack.botToken, answer.value)
  runtime.slack?.forgetWorkspace()
  return true
}

async function keep(
  runtime: InstallRuntime,
  { appId }: SlackConfig,
  botToken: string,
  { teamId, teamName, enterpriseId, botUserId }: SlackIdentity,
): Promise<void> {
  const tokens = { botToken, refreshToken: null, expiresInMs: null }
  const scopes = [...SLACK_SCOPES]
  const names = { teamId, teamName, enterpriseId, botUserId, appId, scopes }
  await inTransaction(runtime.db, async (tx) => {
    const before = await lockWorkspace(tx)
    await keepWorkspaceRow(tx, runtime, { ...names, tokens, byPersonId: null }, before)
  })
}
