import { SECOND_MS } from '#lib/core/durations'
import { linkedUser } from '#lib/db/slack-announcements'
import {
  type Lease,
  renewLease,
  type SentMessage,
  type SlackMessageRow,
} from '#lib/db/slack-messages'
import type { SlackAnswer } from '#lib/notify/slack/answer'
import { retiredMessage } from '#lib/notify/slack/blocks/retired'
import { threadMessage } from '#lib/notify/slack/blocks/thread'
import type { SlackApi } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'
import { ENDED_FIRST, NOTHING_LEFT } from '#lib/wire/delivery-whys'
import type { Rendered, Rendering } from './render-message'
import { attemptsAfter, isGone, type Setback, setbackOf, type Tried } from './send-failure'

/** What the messages of one announcement share: trouble that one meets, the others need not meet. */
export interface Round {
  runtime: Runtime
  slack: SlackApi
  trouble: Setback | null
}

export interface Sending {
  row: SlackMessageRow
  lease: Lease
  /** Epoch ms. */
  leasedAt: number
}

/** A lease is renewed once it is this old: no call lasts as long as what is then left of it. */
const RENEW_AFTER_MS = 10 * SECOND_MS

/** Somebody else has the message: whatever was left to do is theirs. */
export class LeaseLost extends Error {}

/**
 * Brings one message in Slack to what it should say: edited where it differs, posted where it is not there, its thread told
 * line by line. Trouble is part of what it returns, so that everything that did get through is saved.
 */
export async function sendMessage(
  round: Round,
  sending: Sending,
  rendering: Rendering,
): Promise<SentMessage> {
  const { row } = sending
  const { channelId, ts, shown, toldOrdinal } = row
  const progress: Progress = { channelId, ts, shown, toldOrdinal, hasChanged: false }
  if (typeof rendering === 'string') return unsaid(row, progress, rendering)
  try {
    return await bringThere(round, sending, rendering, progress)
  } catch (error) {
    // Posted, and somebody else has the message: nobody would ever edit this copy.
    if (error instanceof LeaseLost && progress.ts !== row.ts)
      await retireCopy(round.slack, progress)
    throw error
  }
}

async function bringThere(
  round: Round,
  sending: Sending,
  rendering: Rendered,
  progress: Progress,
): Promise<SentMessage> {
  const setback = round.trouble ?? (await sendContent(round, sending, rendering, progress))
  if (setback !== null) return failed(round, sending.row, { progress, setback, rendering })
  const silence = await tellThread(round, sending, rendering, progress)
  if (silence?.concernsAll) {
    return failed(round, sending.row, { progress, setback: silence, rendering })
  }
  if (silence !== null) return untold(round, sending.row, { progress, silence, rendering })
  const toldOrdinal = Math.max(progress.toldOrdinal, rendering.headOrdinal)
  return { ...progress, ...FINE, toldOrdinal, isFinal: rendering.isFinal }
}

function failed(
  round: Round,
  row: SlackMessageRow,
  { progress, setback, rendering }: { progress: Progress; setback: Setback; rendering: Rendered },
): SentMessage {
  if (setback.concernsAll) round.trouble = setback
  return {
    ...progress,
    ...afterSetback(round.runtime, row, setback),
    state: setback.state === 'queued' && progress.ts !== null ? 'failed' : setback.state,
    // What still shows something is closed only once it shows the end.
    isFinal: setback.isOver && rendering.isFinal,
  }
}

/** The message itself is as it should be: that its thread takes no line does not take it away from anybody. */
function untold(
  { runtime }: Round,
  row: SlackMessageRow,
  { progress, silence, rendering }: { progress: Progress; silence: Setback; rendering: Rendered },
): SentMessage {
  const isLetGo = silence.retryInMs === null
  return {
    ...progress,
    ...afterSetback(runtime, row, silence),
    state: 'sent',
    why: `Its thread was not told: ${silence.why}`,
    toldOrdinal: isLetGo
      ? Math.max(progress.toldOrdinal, rendering.headOrdinal)
      : progress.toldOrdinal,
    isFinal: isLetGo && rendering.isFinal,
  }
}

/** What a setback leaves on record. */
export function afterSetback(
  { now }: Pick<Runtime, 'now'>,
  { attempts }: SlackMessageRow,
  setback: Setback,
): Pick<SentMessage, 'why' | 'attempts' | 'dueAt'> {
  const { why, retryInMs } = setback
  return {
    why,
    attempts: attemptsAfter(setback, attempts),
    dueAt: retryInMs === null ? null : now() + retryInMs,
  }
}

type Progress = Pick<SentMessage, 'channelId' | 'ts' | 'shown' | 'toldOrdinal' | 'hasChanged'>

const FINE = { state: 'sent', why: null, attempts: 0, dueAt: null } as const

function unsaid(
  { ts, state }: SlackMessageRow,
  progress: Progress,
  rendering: Exclude<Rendering, Rendered>,
): SentMessage {
  return ts === null
    ? {
        ...progress,
        ...FINE,
        state: 'given_up',
        why: rendering === 'ended' ? ENDED_FIRST : NOTHING_LEFT,
        isFinal: true,
      }
    : { ...progress, ...FINE, state, isFinal: true }
}

async function sendContent(
  round: Round,
  sending: Sending,
  rendered: Rendered,
  progress: Progress,
): Promise<Setback | null> {
  const { slack } = round
  const { content, digest, isFinal } = rendered
  const tried = (): Tried => ({ attempts: sending.row.attempts, isPosted: progress.ts !== null })
  if (progress.ts !== null && progress.shown === digest) return null
  if (progress.ts !== null && progress.channelId !== null) {
    const message = { channel: progress.channelId, ts: progress.ts, content }
    const edited = await call(round, sending, () => slack.update(message))
    if (edited.ok) return note(progress, digest)
    // It may have arrived, so what Slack shows is not known any more.
    if (edited.kind === 'unreachable') progress.shown = null
    if (!isGone(edited) || isFinal) return setbackOf(edited, tried())
    progress.ts = null
  }
  const channel = await channelFor(round, sending, progress)
  if (typeof channel !== 'string') return channel
  const posted = await call(round, sending, () => slack.post({ channel, content }))
  if (!posted.ok) return setbackOf(posted, tried())
  progress.channelId = channel
  progress.ts = posted.value.ts
  return note(progress, digest)
}

function note(progress: Progress, digest: string): null {
  progress.shown = digest
  progress.hasChanged = true
  return null
}

/** A person's conversation is opened once. */
async function channelFor(
  round: Round,
  sending: Sending,
  progress: Progress,
): Promise<string | Setback> {
  if (progress.channelId !== null) return progress.channelId
  const { personId, attempts } = sending.row
  const tried = { attempts, isPosted: false }
  const userId = personId === null ? null : await linkedUser(round.runtime.db, personId)
  if (userId === null) {
    return setbackOf({ ok: false, kind: 'refused', code: 'user_not_found' }, tried)
  }
  const opened = await call(round, sending, () => round.slack.openDirect(userId))
  if (!opened.ok) return setbackOf(opened, tried)
  progress.channelId = opened.value.channel
  return opened.value.channel
}

async function tellThread(
  round: Round,
  sending: Sending,
  { lines }: Rendered,
  progress: Progress,
): Promise<Setback | null> {
  const { channelId: channel, ts: threadTs } = progress
  if (channel === null || threadTs === null) return null
  for (const line of lines) {
    const content = threadMessage(line)
    const told = await call(round, sending, () => round.slack.post({ channel, threadTs, content }))
    if (!told.ok) return setbackOf(told, { attempts: sending.row.attempts, isPosted: true })
    progress.toldOrdinal = line.ordinal
    progress.hasChanged = true
  }
  return null
}

/** Calls Slack only while the message is ours. */
async function call<T>(
  { runtime }: Round,
  sending: Sending,
  work: () => Promise<SlackAnswer<T>>,
): Promise<SlackAnswer<T>> {
  if (runtime.now() - sending.leasedAt > RENEW_AFTER_MS) {
    const renewed = await renewLease(runtime.db, sending.lease)
    if (!renewed) throw new LeaseLost('the lease of a message in Slack ran out')
    sending.lease = renewed.lease
    sending.leasedAt = runtime.now()
  }
  return await work()
}

/** Takes the contents out of a copy that nobody keeps up to date: another sender posted the one that counts. */
export async function retireCopy(
  slack: SlackApi,
  { channelId: channel, ts }: Pick<SentMessage, 'channelId' | 'ts'>,
): Promise<void> {
  if (channel === null || ts === null) return
  await slack.update({ channel, ts, content: retiredMessage({ isReplaced: true }) })
}
