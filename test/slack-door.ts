import type { App } from '@slack/bolt'
import { afterAll } from 'vitest'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import type { SlackApi } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'
import { type SlackBody, type SlackSender, slackHeaders } from '../scripts/slack/signed-body'
import { createSlackApp, type SlackApp } from '../slack/app'
import type { SlackDeps } from '../slack/deps'
import { createSlackReceiver, type SlackReceiver } from '../slack/receiver'
import { type SlackDouble, startSlackDouble } from './slack-double'
import { SLACK_ENV } from './slack-rows'

export const SECRET = SLACK_ENV.SLACK_SIGNING_SECRET

/** A stand-in for Slack that ends with the file's tests, and the settings that point there. */
export async function slackEdge(): Promise<{ double: SlackDouble; env: Record<string, string> }> {
  const double = await startSlackDouble()
  afterAll(() => double.close())
  const env = {
    ...SLACK_ENV,
    SLACK_API_URL: double.url,
    SLACK_BOT_TOKEN: double.botToken,
  }
  return { double, env }
}

export interface Door {
  receiver: SlackReceiver
  app: SlackApp
  slack: SlackApi
  sender: SlackSender
  /** Sends a body as Slack would, signed, to the receiver itself. */
  send(
    what: SlackBody,
    own?: { headers?: Record<string, string>; atMs?: number },
  ): Promise<Response>
}

/** The real receiver and app of one process; `register` in place of the product's listeners. */
export async function openDoor(
  runtime: Runtime,
  double: SlackDouble,
  register: (app: App, deps: SlackDeps) => void,
): Promise<Door> {
  const { slack, now, log } = runtime
  if (!slack) throw new Error('Slack is not configured')
  await installAtStart(runtime, AbortSignal.timeout(10_000))
  const appId = SLACK_ENV.SLACK_APP_ID
  const receiver = createSlackReceiver({ signingSecret: SECRET, appId, slack, now, log })
  const app = createSlackApp({ runtime, receiver, register })
  return {
    receiver,
    app,
    slack,
    sender: { appId, teamId: double.teamId, teamDomain: 'osterby', botUserId: double.botUserId },
    send: async (what, { headers, atMs } = {}) =>
      await receiver.handle(
        new Request(new URL(what.path, 'http://localhost:3000'), {
          method: 'POST',
          body: what.body,
          headers: { ...slackHeaders(what, SECRET, atMs ?? runtime.now()), ...headers },
        }),
      ),
  }
}
