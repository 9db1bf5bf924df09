import { digestOf } from '#lib/core/contract/digest'
import type { Json } from '#lib/core/contract/json'
import type { SlackMessageRow } from '#lib/db/slack-messages'
import { alertMessage, settledAlertMessage } from '#lib/notify/slack/blocks/alert'
import { cardMessage } from '#lib/notify/slack/blocks/card'
import { digestMessage } from '#lib/notify/slack/blocks/digest'
import { type DirectReason, directMessage, requesterMessage } from '#lib/notify/slack/blocks/direct'
import { retiredMessage } from '#lib/notify/slack/blocks/retired'
import type { SlackContent } from '#lib/notify/slack/content'
import { candidatesFor } from '#lib/queries/slack/candidates'
import { cardViewOf } from '#lib/queries/slack/card-view'
import { eventLinesOf } from '#lib/queries/slack/event-lines'
import { hasGiven } from '#lib/queries/slack/modal-view'
import { digestCounts, equalAsks } from '#lib/queries/slack/shared-asks'
import { loadTicket, type TicketPicture } from '#lib/queries/ticket/load-ticket'
import type { Runtime } from '#lib/runtime'
import type { CardView, ThreadEntryView } from '#lib/wire/views/slack'

/** What a message should say now. */
export interface Rendered {
  content: SlackContent
  /** Of the content without what the passing of time alone changes in it. */
  digest: string
  /** What its thread has not been told yet, oldest first. */
  lines: ThreadEntryView[]
  headOrdinal: number
  /** Nothing will change it any more. */
  isFinal: boolean
}

/** `void`: there is nothing to say, and never will be. `ended`: so it is, because the request was over first. */
export type Rendering = Rendered | 'void' | 'ended'

/** Pictures read for one round of sending: each request once. */
export type Pictures = (requestId: string) => Promise<TicketPicture | null>

export function readPictures(runtime: Runtime): Pictures {
  const read = new Map<string, Promise<TicketPicture | null>>()
  return (requestId) => {
    const known = read.get(requestId) ?? loadTicket(runtime, requestId, null)
    read.set(requestId, known)
    return known
  }
}

/** A pure function of what the database says now: sending it twice says the same twice. */
export async function renderMessage(
  runtime: Runtime,
  row: SlackMessageRow,
  pictures: Pictures,
): Promise<Rendering> {
  const isTakenBack = !row.isTelling && row.personId !== null
  if (row.kind === 'digest' && !isTakenBack) return await renderDigest(runtime, row)
  if (!row.isTelling && row.kind !== 'alert') return await renderRetired(runtime, row)
  const picture = row.requestId === null ? null : await pictures(row.requestId)
  if (!picture) return 'void'
  const view = cardViewOf(runtime, picture)
  if (row.kind === 'alert') return await renderAlert(runtime, row, view)
  // Who was not asked while it was held has nothing to do with how it ended.
  if (row.kind === 'direct' && row.ts === null && view.state !== 'open') return 'ended'
  const asks = row.kind === 'card' ? await equalAsks(runtime.db, row) : []
  const render = (at: CardView) => contentOf(at, row, { picture, asks })
  return {
    content: render(view),
    digest: digestOfContent(render({ ...view, now: view.submittedAt })),
    lines: row.kind === 'direct' ? [] : eventLinesOf(picture, row.toldOrdinal),
    headOrdinal: picture.events.at(-1)?.ordinal ?? row.toldOrdinal,
    isFinal: isOver(picture),
  }
}

function contentOf(
  view: CardView,
  { id: messageId, kind, personId, occasion }: SlackMessageRow,
  { picture, asks }: { picture: TicketPicture; asks: Awaited<ReturnType<typeof equalAsks>> },
): SlackContent {
  if (kind === 'requester') return requesterMessage(view, { messageId })
  if (kind === 'card') return cardMessage(view, { messageId, equalAsks: asks })
  const asked = candidatesFor(picture, picture.evaluation).find((one) => one.personId === personId)
  // Whoever has given what they can sees what everybody sees, and is not asked to give it again.
  const isGiven = personId !== null && hasGiven(picture, personId)
  const shown = isGiven ? { ...view, wantsVote: false } : view
  if (!asked) return cardMessage(shown, { messageId, equalAsks: [] })
  return directMessage(view, { messageId, why: reasonOf(occasion, asked.occasion) })
}

function reasonOf(occasion: string | null, now: 'asked' | 'confirm'): DirectReason {
  if (now === 'confirm') return 'confirm'
  return occasion === 'reminder' || occasion === 'escalation' ? occasion : 'asked'
}

const ENDED_GRANTS: ReadonlySet<string> = new Set(['reported', 'lapsed', 'revoked', 'burnt'])

function isOver({ ticket }: TicketPicture): boolean {
  if (ticket.state === 'open') return false
  return ticket.grant === null || ENDED_GRANTS.has(ticket.grant.state)
}

async function renderDigest(runtime: Runtime, row: SlackMessageRow): Promise<Rendering> {
  const found = await digestCounts(runtime.db, row.id)
  if (!found) return 'void'
  const { now, ...counted } = found
  const clock = { now, zone: runtime.config.timeZone }
  const input = {
    ...counted,
    messageId: row.id,
    since: new Date(row.createdAt).toISOString(),
    inboxUrl: `${runtime.config.publicUrl}/`,
  }
  return {
    content: digestMessage({ ...input, ...clock }),
    digest: digestOfContent(digestMessage({ ...input, ...clock, now: input.since })),
    lines: [],
    headOrdinal: 0,
    isFinal: counted.counts.open === 0,
  }
}

async function renderRetired(runtime: Runtime, row: SlackMessageRow): Promise<Rendering> {
  if (row.ts === null) return 'void'
  const { id, kind, requestId, personId } = row
  const newer = { id: { gt: id }, kind, requestId, personId }
  const isReplaced = (await runtime.db.slackMessage.count({ where: newer })) > 0
  const content = retiredMessage({ isReplaced })
  const digest = digestOfContent(content)
  return { content, digest, lines: [], headOrdinal: row.toldOrdinal, isFinal: true }
}

/** An alert is kept up to date like everything else: it says when it is true no more, until the request has ended. */
async function renderAlert(
  { db }: Runtime,
  row: SlackMessageRow,
  view: CardView,
): Promise<Rendering> {
  const kind = row.occasion === 'no_route' ? 'no_route' : 'unreached'
  const isOpen = view.state === 'open'
  const isSettled = !isOpen || (await isAnnounced(db, kind, view.requestId))
  if (isSettled && row.ts === null) return isOpen ? 'void' : 'ended'
  const { requestId, ticketUrl, callerName, subject, closesAt, submittedAt, now, zone } = view
  const { tool } = subject
  const about = { messageId: row.id, kind, requestId, ticketUrl, tool, callerName } as const
  const why =
    kind === 'no_route'
      ? `No Slack channel is set for ${tool}, so nobody sees it in one.`
      : 'Nobody who may vote on it is linked to Slack, and no channel tells of it.'
  const render = (at: string) =>
    isSettled
      ? settledAlertMessage({ ...about, isOpen })
      : alertMessage({ ...about, closesAt, why, now: at, zone })
  const digest = digestOfContent(render(submittedAt))
  return { content: render(now), digest, lines: [], headOrdinal: 0, isFinal: !isOpen }
}

/** Whether what an alert says is true no more, though the request is open. */
async function isAnnounced(
  db: Runtime['db'],
  kind: 'no_route' | 'unreached',
  requestId: string,
): Promise<boolean> {
  if (kind === 'unreached') {
    const watch = await db.slackWatch.findUnique({ where: { requestId } })
    return watch?.unreachedSince === null
  }
  const cards = await db.slackDelivery.count({
    where: { requestId, target: { startsWith: 'channel:' }, message: { ts: { not: null } } },
  })
  return cards > 0
}

function digestOfContent({ text, blocks }: SlackContent): string {
  return digestOf({
    type: 'countersign/slack-content',
    v: 1,
    text,
    blocks: JSON.parse(JSON.stringify(blocks)) as Json,
  })
}
