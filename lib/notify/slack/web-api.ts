import type { HomeView, MessageAttachment, ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { SECOND_MS } from '#lib/core/durations'
import { answerOf, refusedBySlack, type SlackAnswer, unreachable } from './answer'
import { keepWorkspace, type OpenWorkspace, type SlackWorkspaceId } from './bot-token'
import type { SlackContent } from './content'
import { createWebClient } from './oauth'
import { isAnswerAddress } from './response-url'
import type { SlackParts } from './tokens-at-rest'
import { noteOutcome } from './workspace-state'

export type { SlackAnswer } from './answer'

export interface SlackUserInfo {
  id: string
  /** Where the user is at home; null: Slack does not say. */
  teamId: string | null
  /** Of that home, by what Slack keeps of it; empty outside Enterprise Grid. */
  enterpriseId: string
  name: string
  isBot: boolean
  /** Restricted to some channels: not of the organisation as far as votes go. */
  isGuest: boolean
  /** Of another organisation, through Slack Connect. */
  isStranger: boolean
  isDeleted: boolean
}

/** Slack's Web API as Countersign uses it. No method throws for trouble on the way; each gives up after ten seconds. */
export interface SlackApi {
  post(message: {
    channel: string
    content: SlackContent
    threadTs?: string
  }): Promise<SlackAnswer<{ channel: string; ts: string }>>
  update(message: {
    channel: string
    ts: string
    content: SlackContent
  }): Promise<SlackAnswer<undefined>>
  postEphemeral(message: {
    channel: string
    user: string
    content: SlackContent
    threadTs?: string
  }): Promise<SlackAnswer<undefined>>
  /** The conversation of direct messages with a user. */
  openDirect(userId: string): Promise<SlackAnswer<{ channel: string }>>
  openView(what: {
    triggerId: string
    view: ModalView
  }): Promise<SlackAnswer<{ viewId: string; hash: string }>>
  updateView(what: { viewId: string; view: ModalView }): Promise<SlackAnswer<undefined>>
  publishHome(what: { userId: string; view: HomeView }): Promise<SlackAnswer<undefined>>
  unfurl(what: {
    channel: string
    ts: string
    unfurls: Record<string, MessageAttachment>
  }): Promise<SlackAnswer<undefined>>
  userInfo(userId: string): Promise<SlackAnswer<SlackUserInfo>>
  /** Answers a click or command at the address that came with it, which has to be one of our workspace; needs no token. */
  respond(what: {
    responseUrl: string
    content: SlackContent
    replaceOriginal: boolean
  }): Promise<SlackAnswer<undefined>>
  authTest(): Promise<SlackAnswer<{ teamId: string; botUserId: string }>>
  /** The workspace, from its row. */
  workspace(): Promise<SlackAnswer<SlackWorkspaceId>>
  /** As last read, without asking anybody: null = none is installed, undefined = never read. */
  knownWorkspace(): SlackWorkspaceId | null | undefined
  /** The workspace was installed or removed here: the next call reads its row. */
  forgetWorkspace(): void
}

const TIMEOUT_MS = 10 * SECOND_MS
/** What texts may do by themselves: nothing. */
const PLAIN = { link_names: false, parse: 'none' } as const
const QUIET = { ...PLAIN, unfurl_links: false, unfurl_media: false } as const

/** Null where Slack is not configured. */
export function openSlack(parts: SlackParts): SlackApi | null {
  const { slack } = parts.config
  if (slack === null) return null
  const client = createWebClient(slack.apiUrl, TIMEOUT_MS)
  const keeper = keepWorkspace(parts)
  const calling =
    ({ isPatient, pauses }: { isPatient: boolean; pauses: boolean }): Call =>
    async (work) => {
      const open = await keeper.open()
      if (!open.ok) return open
      const pausedForMs = (open.value.pausedUntil ?? 0) - parts.now()
      if (isPatient && pausedForMs > 0) {
        return { ok: false, kind: 'rate_limited', retryAfterMs: pausedForMs }
      }
      const answer = await answerOf(() => work(client, open.value))
      if (await noteOutcome(parts, open.value, { answer, pauses })) keeper.forget()
      return answer
    }
  const calls: Calls = {
    atOnce: calling({ isPatient: false, pauses: false }),
    patiently: calling({ isPatient: true, pauses: false }),
    delivering: calling({ isPatient: true, pauses: true }),
  }
  const isOurAddress = async (address: string) => {
    const known = keeper.known()
    if (isAnswerAddress(address, { apiUrl: slack.apiUrl, teamId: known?.teamId ?? null }))
      return true
    const open = known ? null : await keeper.open()
    return open?.ok === true && isAnswerAddress(address, { apiUrl: slack.apiUrl, ...open.value })
  }
  return {
    ...messageCalls(calls),
    ...viewCalls(calls),
    ...workspaceCalls(calls),
    respond: async (what) =>
      (await isOurAddress(what.responseUrl))
        ? await answerAt(what)
        : refusedBySlack('odd_response_url'),
    workspace: () => keeper.open(),
    knownWorkspace: () => keeper.known(),
    forgetWorkspace: () => keeper.forget(),
  }
}

/** One call with the workspace's token. */
type Call = <T>(
  work: (client: WebClient, open: OpenWorkspace) => Promise<T>,
) => Promise<SlackAnswer<T>>

interface Calls {
  /** For whoever waits for it. */
  atOnce: Call
  /** What can wait is not even tried while Slack asks for patience. */
  patiently: Call
  /** Patient as well; and where Slack asks it for patience, everything that can wait waits. */
  delivering: Call
}

function messageCalls({ atOnce, patiently, delivering }: Calls) {
  return {
    post: ({ channel, content, threadTs }) =>
      delivering(async ({ chat }, { token }) => {
        const thread = threadTs === undefined ? {} : { thread_ts: threadTs }
        const posted = await chat.postMessage({ token, channel, ...content, ...QUIET, ...thread })
        return { channel: posted.channel ?? channel, ts: told(posted.ts) }
      }),
    update: ({ channel, ts, content }) =>
      delivering(async ({ chat }, { token }) => {
        await chat.update({ token, channel, ts, ...content, ...PLAIN })
        return undefined
      }),
    postEphemeral: ({ channel, user, content, threadTs }) =>
      atOnce(async ({ chat }, { token }) => {
        const thread = threadTs === undefined ? {} : { thread_ts: threadTs }
        await chat.postEphemeral({ token, channel, user, ...content, ...PLAIN, ...thread })
        return undefined
      }),
    openDirect: (userId) =>
      delivering(async ({ conversations }, { token }) => {
        const opened = await conversations.open({ token, users: userId })
        return { channel: told(opened.channel?.id) }
      }),
    unfurl: ({ channel, ts, unfurls }) =>
      patiently(async ({ chat }, { token }) => {
        await chat.unfurl({ token, channel, ts, unfurls })
        return undefined
      }),
  } satisfies Partial<SlackApi>
}

function viewCalls({ atOnce, patiently }: Calls) {
  return {
    openView: ({ triggerId, view }) =>
      atOnce(async ({ views }, { token }) => {
        const opened = await views.open({ token, trigger_id: triggerId, view })
        return { viewId: told(opened.view?.id), hash: opened.view?.hash ?? '' }
      }),
    updateView: ({ viewId, view }) =>
      atOnce(async ({ views }, { token }) => {
        await views.update({ token, view_id: viewId, view })
        return undefined
      }),
    publishHome: ({ userId, view }) =>
      patiently(async ({ views }, { token }) => {
        await views.publish({ token, user_id: userId, view })
        return undefined
      }),
  } satisfies Partial<SlackApi>
}

function workspaceCalls({ atOnce }: Calls) {
  return {
    userInfo: (userId) =>
      atOnce(async ({ users }, { token }) => {
        const { user = {} } = await users.info({ token, user: userId })
        return {
          id: userId,
          teamId: user.team_id || null,
          enterpriseId: user.enterprise_user?.enterprise_id ?? '',
          name: user.profile?.real_name || user.real_name || user.name || userId,
          isBot: user.is_bot === true || userId === 'USLACKBOT',
          isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
          isStranger: user.is_stranger === true,
          isDeleted: user.deleted === true,
        }
      }),
    authTest: () =>
      atOnce(async ({ auth }, { token }) => {
        const { team_id, user_id } = await auth.test({ token })
        return { teamId: told(team_id), botUserId: told(user_id) }
      }),
  } satisfies Partial<SlackApi>
}

/** Part of a good answer. @throws where Slack left it out: that is no answer */
function told(value: string | undefined): string {
  if (!value) throw new Error('Slack left out what the call is for')
  return value
}

async function answerAt(what: {
  responseUrl: string
  content: SlackContent
  replaceOriginal: boolean
}): Promise<SlackAnswer<undefined>> {
  const { responseUrl, content, replaceOriginal } = what
  try {
    const answer = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        ...content,
        replace_original: replaceOriginal,
        response_type: 'ephemeral',
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await answer.body?.cancel()
    if (answer.ok) return { ok: true, value: undefined }
    if (answer.status >= 500) return unreachable(`Slack answered with status ${answer.status}.`)
    return refusedBySlack(`status_${answer.status}`)
  } catch {
    return unreachable('Slack could not be reached.')
  }
}
