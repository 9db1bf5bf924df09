import { createHash } from 'node:crypto'
import type { Receiver, ReceiverEvent } from '@slack/bolt'
import { type SignatureFault, signatureFault } from '#lib/auth/slack-signature'
import type { Log } from '#lib/log'
import type { SlackApi } from '#lib/notify/slack/web-api'
import type { SlackApp } from './app'
import { type Body, deliveryId, type Sender, senderOf } from './delivery'
import { parseBody, readRawBody } from './read-body'
import { createReplayCache } from './replay-cache'

export interface SlackReceiverOptions {
  /** @throws RangeError where it is empty: anybody could sign */
  signingSecret: string
  /** The app that deliveries must be for. */
  appId: string
  slack: Pick<SlackApi, 'knownWorkspace'>
  now: () => number
  log: Log
  /** How long a body may take to arrive. */
  bodyTimeoutMs?: number
}

export interface SlackReceiver extends Receiver {
  /** Answers one request at /slack/events, /slack/interactive or /slack/commands. Never waits for the database. */
  handle(request: Request): Promise<Response>
  /** Resolves once everything that was acknowledged is done. */
  settled(): Promise<void>
}

const BODY_TIMEOUT_MS = 10_000
/** Slack gives up after three seconds: a listener that has not answered by now is answered for. */
const ANSWER_MS = 2_500

/** Takes in what Slack sends over HTTP: checks that it is Slack's, for us and new, and hands it to the app. */
export function createSlackReceiver(options: SlackReceiverOptions): SlackReceiver {
  const { signingSecret, appId, slack, now, log } = options
  if (signingSecret === '') throw new RangeError('The signing secret of Slack is empty')
  const cache = createReplayCache(now)
  let app: SlackApp | null = null

  const dispatch = async (body: Body, request: Request, id: string): Promise<Response> => {
    let answer: (response: Response) => void = () => undefined
    const answered = new Promise<Response>((resolve) => {
      answer = resolve
    })
    const event: ReceiverEvent = {
      body,
      ...retryOf(request),
      customProperties: { deliveryId: deliveryId(body, id) },
      ack: (response) => Promise.resolve(answer(acknowledged(response))),
    }
    processed(app, event).catch((error: unknown) => {
      log.error({ error }, 'a delivery from Slack failed')
      answer(told(500, 'Countersign could not work on this.'))
    })
    const late = setTimeout(() => answer(acknowledged(undefined)), ANSWER_MS)
    return await answered.finally(() => clearTimeout(late))
  }

  const handle = async (request: Request): Promise<Response> => {
    const raw = await readRawBody(request, options.bodyTimeoutMs ?? BODY_TIMEOUT_MS)
    if (raw instanceof Response) return raw
    const signature = request.headers.get('x-slack-signature')
    const timestamp = request.headers.get('x-slack-request-timestamp')
    const fault = signatureFault(signingSecret, { rawBody: raw, timestamp, signature }, now())
    if (fault) {
      log.warn({ fault }, 'a request that says it is from Slack was refused')
      return told(401, SIGNATURE_WORDS[fault])
    }
    const body = parseBody(new URL(request.url).pathname, raw)
    if (body === null) return told(400, 'The body is none that Slack sends here.')
    const answered = answeredCheck(body) ?? (await refusedSender(body, appId, slack))
    if (answered) return answered
    const id = createHash('sha256')
      .update(signature ?? '')
      .digest('hex')
    if (!cache.take(id)) return acknowledged(undefined)
    return await dispatch(body, request, id)
  }

  return {
    handle,
    init: (bolt: SlackApp) => {
      app = bolt
    },
    // The web process listens for it.
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    settled: async () => {
      await app?.settled()
    },
  }
}

const SIGNATURE_WORDS: Record<SignatureFault, string> = {
  missing: 'The request is not signed.',
  wrong: 'The signature is not that of Slack for this body.',
  stale: 'The request is older than five minutes.',
  future: 'The request is from the future: check the clock of this machine.',
}
const OTHER_WORKSPACE =
  'Countersign works in another workspace. Only its own members can act on requests.'
const ENTERPRISE_WIDE =
  'Countersign works in one workspace and was installed for a whole organisation. Ask an admin to install it in the workspace alone.'

/** Why a signed delivery is not for us, as far as memory tells; the database is asked after the answer. */
async function refusedSender(
  body: Body,
  appId: string,
  slack: Pick<SlackApi, 'knownWorkspace'>,
): Promise<Response | null> {
  const sender = senderOf(body)
  if (sender === null) return told(400, 'The body does not say where it comes from.')
  const refused = refusal(sender, appId, slack.knownWorkspace()?.teamId)
  // Whoever typed a command reads the answer; of any other status Slack says only that it failed.
  return refused && body['command'] !== undefined
    ? Response.json({ response_type: 'ephemeral', text: await refused.text() })
    : refused
}

function refusal(sender: Sender, appId: string, teamId: string | undefined): Response | null {
  if (sender.appId !== appId) return told(403, 'This is for another app.')
  if (sender.isEnterpriseWide) return told(403, ENTERPRISE_WIDE)
  if (teamId !== undefined && sender.teamId !== teamId) return told(403, OTHER_WORKSPACE)
  return null
}

async function processed(app: SlackApp | null, event: ReceiverEvent): Promise<void> {
  if (!app) throw new Error('The receiver belongs to no app')
  await app.processEvent(event)
}

/** Slack asks whether this address is up and ours; nothing happened. */
function answeredCheck({ ssl_check: sslCheck, type, challenge }: Body): Response | null {
  if (sslCheck !== undefined) return new Response(null, { status: 200 })
  if (type !== 'url_verification') return null
  return typeof challenge === 'string'
    ? told(200, challenge)
    : told(400, 'There is no challenge to answer.')
}

/** What a listener answers with: nothing, a sentence, or an instruction for the open form. */
function acknowledged(response: unknown): Response {
  if (response === undefined || response === '') return new Response(null, { status: 200 })
  return Response.json(typeof response === 'string' ? { text: response } : response)
}

function told(status: number, sentence: string): Response {
  return new Response(sentence, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}

function retryOf(request: Request): Pick<ReceiverEvent, 'retryNum' | 'retryReason'> {
  const number = request.headers.get('x-slack-retry-num')
  const reason = request.headers.get('x-slack-retry-reason')
  return {
    ...(number !== null && { retryNum: Number(number) }),
    ...(reason !== null && { retryReason: reason }),
  }
}
