import { SECOND_MS } from '#lib/core/durations'
import { wakeToldBy } from '#lib/db/slack-announcements'
import {
  leaseMessages,
  messagesOf,
  nudgeSender,
  postponeMessages,
  renewLease,
  type SentMessage,
  type SlackMessageRow,
  saveSent,
  touchMessage,
} from '#lib/db/slack-messages'
import type { SlackApi } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'
import { readPictures, renderMessage } from './render-message'
import { brokenSetback } from './send-failure'
import {
  afterSetback,
  LeaseLost,
  type Round,
  retireCopy,
  type Sending,
  sendMessage,
} from './send-message'

/** What many requests share is edited for all that comes within this time at once. */
const GATHER_MS = 5 * SECOND_MS
/** News that keep coming while a message is sent are taken along this often. */
const MOST_TURNS = 20

/**
 * Sends whatever tells of a request and is not up to date: each message by one sender at a time. Whoever finds one taken
 * tells its sender that there is news. What Slack does not take stays due, with why.
 */
export async function deliverMessages(
  runtime: Runtime,
  slack: SlackApi,
  requestId: string,
): Promise<void> {
  const { db } = runtime
  let left = await urgent(runtime, requestId)
  const round: Round = { runtime, slack, trouble: null }
  for (let turn = 0; left.length > 0 && turn < MOST_TURNS; turn++) {
    const pausedUntil = left[0]?.pausedUntil ?? null
    const ids = left.map(({ id }) => id)
    if (pausedUntil !== null) return await postponeMessages(db, ids, pausedUntil)
    const leasedAt = runtime.now()
    const taken = await leaseMessages(db, ids)
    const order = new Map(ids.map((id, index) => [id, index]))
    taken.sort((a, b) => (order.get(a.row.id) ?? 0) - (order.get(b.row.id) ?? 0))
    const [first, ...others] = taken.map((each): Sending => ({ ...each, leasedAt }))
    // The card first: where Slack is in trouble, one call finds it out.
    if (first) await bringUpToDate(round, first)
    await Promise.all(others.map((sending) => bringUpToDate(round, sending)))
    const mine = new Set(taken.map(({ row }) => row.id))
    left = await unheard(
      runtime,
      left.filter(({ id }) => !mine.has(id)),
      requestId,
    )
  }
}

/** Messages to send now. One that the request only shares, and that is in Slack already, gathers for a while. */
async function urgent(runtime: Runtime, requestId: string): Promise<SlackMessageRow[]> {
  const rows = await messagesOf(runtime.db, requestId)
  const isPatient = (row: SlackMessageRow) =>
    row.requestId !== requestId &&
    (row.ts !== null || row.isLeased) &&
    (row.dueAt === null || row.dueAt > runtime.now())
  for (const { id } of rows.filter(isPatient)) await touchMessage(runtime.db, id, GATHER_MS)
  return rows.filter((row) => !isPatient(row))
}

/** Those that nobody is sending any more, of the ones that somebody else had taken. */
async function unheard(
  { db }: Runtime,
  taken: SlackMessageRow[],
  requestId: string,
): Promise<SlackMessageRow[]> {
  const left: SlackMessageRow[] = []
  for (const row of taken) {
    if (row.requestId !== requestId) await touchMessage(db, row.id, GATHER_MS)
    else if (!(await nudgeSender(db, row.id))) left.push(row)
  }
  if (left.length === 0) return []
  const ids = new Set(left.map(({ id }) => id))
  return (await messagesOf(db, requestId)).filter(({ id }) => ids.has(id))
}

/** Whatever goes wrong with one message stays with it: the others are sent all the same. */
async function bringUpToDate(round: Round, sending: Sending): Promise<void> {
  const { log } = round.runtime
  const { id: messageId } = sending.row
  try {
    await sendUntilHeard(round, sending)
  } catch (error) {
    if (error instanceof LeaseLost) {
      return log.warn({ messageId }, 'a message in Slack is sent by somebody else')
    }
    log.error({ err: error, messageId }, 'a message in Slack could not be brought up to date')
    await recordBroken(round, sending).catch((err: unknown) => {
      // Then the clock finds it once its lease has run out.
      log.error({ err, messageId }, 'that could not be recorded')
    })
  }
}

async function sendUntilHeard(round: Round, sending: Sending): Promise<void> {
  const { runtime, slack } = round
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    // Read after the message was taken: nobody has sent anything newer.
    const rendering = await renderMessage(runtime, sending.row, readPictures(runtime))
    const sent = await sendMessage(round, sending, rendering)
    const saved = await saveSent(runtime.db, sending.lease, sent, runtime.now())
    // Whether anybody is reached was planned while there was hope for it.
    if (saved === 'done' && isHopeless(sent)) await wakeToldBy(runtime.db, sending.row.id)
    if (saved === 'lost' && sent.ts !== sending.row.ts) await retireCopy(slack, sent)
    if (saved === 'done' || saved === 'lost') return
    const again = await renewLease(runtime.db, saved)
    if (!again) return
    Object.assign(sending, again, { leasedAt: runtime.now() })
  }
}

function isHopeless({ state, ts }: Pick<SentMessage, 'state' | 'ts'>): boolean {
  return state === 'given_up' && ts === null
}

/** What is known of it stays; its content is put together anew later, for as long as there is hope. */
async function recordBroken({ runtime }: Round, { row, lease }: Sending): Promise<void> {
  const { channelId, ts, shown, toldOrdinal, attempts } = row
  const setback = brokenSetback({ attempts, isPosted: ts !== null })
  const known = { channelId, ts, shown, toldOrdinal, hasChanged: false, isFinal: false }
  const sent = { ...known, ...afterSetback(runtime, row, setback), state: setback.state }
  await saveSent(runtime.db, lease, sent, runtime.now())
  if (isHopeless(sent)) await wakeToldBy(runtime.db, row.id)
}
