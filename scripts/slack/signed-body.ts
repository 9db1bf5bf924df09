import { createHmac, randomUUID } from 'node:crypto'

/** Which app of which workspace a body is for. */
export interface SlackSender {
  appId: string
  teamId: string
  teamDomain: string
  /** Null outside Enterprise Grid. */
  enterpriseId?: string | null
  botUserId?: string
  isEnterpriseInstall?: boolean
}

/** Who acts. */
export interface SlackActor {
  id: string
  name: string
  /** The workspace this person belongs to, where it is not the app's (Slack Connect). */
  teamId?: string
}

/** A body as Slack sends it, and where it is sent to. */
export interface SlackBody {
  path: '/slack/interactive' | '/slack/commands' | '/slack/events'
  contentType: string
  body: string
}

export interface PressedButton {
  user: SlackActor
  /** The element as it stood in the message or view. */
  action: Record<string, unknown>
  triggerId: string
  /** Of a message. Null in a view. */
  message: {
    channel: { id: string; name: string }
    ts: string
    threadTs?: string | null
    isEphemeral?: boolean
    /** As chat.postMessage answered it; an ephemeral one does not travel. */
    content: Record<string, unknown> | null
    responseUrl: string
  } | null
  /** Of a modal or of the app's home. Null in a message. */
  view: Record<string, unknown> | null
}

/** docs.slack.dev/authentication/verifying-requests-from-slack */
export function slackSignature(body: string, secret: string, atSeconds: number): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${atSeconds}:${body}`).digest('hex')}`
}

/** The headers that prove a body, as Slack sets them. */
export function slackHeaders(
  { body, contentType }: Pick<SlackBody, 'body' | 'contentType'>,
  secret: string,
  atMs: number = Date.now(),
): Record<string, string> {
  const seconds = Math.floor(atMs / 1000)
  return {
    'content-type': contentType,
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': slackSignature(body, secret, seconds),
  }
}

/** Signs a body and posts it to the product, as Slack does. */
export function postSigned(
  target: { origin: string; secret: string; atMs?: number; signal?: AbortSignal },
  what: SlackBody,
): Promise<Response> {
  return fetch(new URL(what.path, target.origin), {
    method: 'POST',
    body: what.body,
    headers: slackHeaders(what, target.secret, target.atMs ?? Date.now()),
    ...(target.signal && { signal: target.signal }),
  })
}

/** Somebody pressed a button, or chose in a select: `block_actions`. */
export function buttonBody(sender: SlackSender, press: PressedButton): SlackBody {
  const { message, view } = press
  return interaction({
    type: 'block_actions',
    ...common(sender, press.user),
    trigger_id: press.triggerId,
    container: message
      ? {
          type: 'message',
          message_ts: message.ts,
          channel_id: message.channel.id,
          is_ephemeral: message.isEphemeral === true,
          ...(message.threadTs && { thread_ts: message.threadTs }),
        }
      : { type: 'view', view_id: view?.['id'] },
    ...(message && { channel: message.channel, response_url: message.responseUrl }),
    ...(message?.content && !message.isEphemeral && { message: message.content }),
    ...(view && { view }),
    ...(message && { state: { values: {} } }),
    actions: [{ ...press.action, action_ts: `${(Date.now() / 1000).toFixed(6)}` }],
  })
}

/** Somebody submitted a modal: `view_submission`. `view` as views.open answered it, with its `state`. */
export function submissionBody(
  sender: SlackSender,
  submission: { user: SlackActor; triggerId: string; view: Record<string, unknown> },
): SlackBody {
  return interaction({
    type: 'view_submission',
    ...common(sender, submission.user),
    trigger_id: submission.triggerId,
    view: submission.view,
    response_urls: [],
  })
}

/** Somebody closed a modal that asked to be told: `view_closed`. */
export function closedBody(
  sender: SlackSender,
  closed: { user: SlackActor; view: Record<string, unknown>; isCleared: boolean },
): SlackBody {
  return interaction({
    type: 'view_closed',
    ...common(sender, closed.user),
    view: closed.view,
    is_cleared: closed.isCleared,
  })
}

export function commandBody(
  sender: SlackSender,
  said: {
    user: SlackActor
    command: string
    text: string
    channel: { id: string; name: string }
    triggerId: string
    responseUrl: string
  },
): SlackBody {
  const form = {
    token: 'not-used',
    team_id: said.user.teamId ?? sender.teamId,
    team_domain: sender.teamDomain,
    ...(sender.enterpriseId && { enterprise_id: sender.enterpriseId }),
    channel_id: said.channel.id,
    channel_name: said.channel.name,
    user_id: said.user.id,
    user_name: said.user.name,
    command: said.command,
    text: said.text,
    api_app_id: sender.appId,
    is_enterprise_install: String(sender.isEnterpriseInstall === true),
    response_url: said.responseUrl,
    trigger_id: said.triggerId,
  }
  return {
    path: '/slack/commands',
    contentType: 'application/x-www-form-urlencoded',
    body: new URLSearchParams(form).toString(),
  }
}

/** Something happened that the app subscribed to: `event_callback`. */
export function eventBody(sender: SlackSender, event: Record<string, unknown>): SlackBody {
  return json({
    token: 'not-used',
    type: 'event_callback',
    team_id: sender.teamId,
    enterprise_id: sender.enterpriseId ?? null,
    api_app_id: sender.appId,
    event,
    event_id: `Ev${randomUUID().replaceAll('-', '').toUpperCase()}`,
    event_time: Math.floor(Date.now() / 1000),
    is_ext_shared_channel: false,
    authorizations: [
      {
        enterprise_id: sender.enterpriseId ?? null,
        team_id: sender.teamId,
        user_id: sender.botUserId ?? 'U0BOT',
        is_bot: true,
        is_enterprise_install: sender.isEnterpriseInstall === true,
      },
    ],
  })
}

/** What Slack asks when the address is entered in the app's settings. */
export function urlVerificationBody(challenge: string): SlackBody {
  return json({ token: 'not-used', type: 'url_verification', challenge })
}

function json(payload: Record<string, unknown>): SlackBody {
  return {
    path: '/slack/events',
    contentType: 'application/json',
    body: JSON.stringify(payload),
  }
}

function interaction(payload: Record<string, unknown>): SlackBody {
  return {
    path: '/slack/interactive',
    contentType: 'application/x-www-form-urlencoded',
    body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
  }
}

function common(sender: SlackSender, user: SlackActor): Record<string, unknown> {
  const team = { id: sender.teamId, domain: sender.teamDomain }
  const enterprise = sender.enterpriseId ? { id: sender.enterpriseId, name: 'Grid' } : null
  return {
    token: 'not-used',
    api_app_id: sender.appId,
    team: enterprise ? { ...team, enterprise_id: enterprise.id } : team,
    enterprise,
    is_enterprise_install: sender.isEnterpriseInstall === true,
    user: {
      id: user.id,
      username: user.name,
      name: user.name,
      team_id: user.teamId ?? sender.teamId,
    },
  }
}
