import { type Html, html } from './html'
import type { Json, ShownMessage } from './journal'
import { mark } from './page-mark'
import { renderBlocks } from './render-blocks'
import { renderMrkdwn, userName } from './render-mrkdwn'
import { APP } from './workspace'

const DAY_MS = 24 * 60 * 60_000

/** The messages of one conversation, oldest first, each with its thread. */
export function renderMessages(messages: ShownMessage[], zone: string): Html {
  const roots = messages.filter(({ threadTs, ts }) => threadTs === null || threadTs === ts)
  return html`${byDay(roots, zone).map(
    ([day, ofDay]) =>
      html`<p class="day">${day}</p>${ofDay.map((root) => {
        const replies = messages.filter(({ threadTs }) => threadTs === root.ts)
        return renderMessage(root, replies, zone)
      })}`,
  )}`
}

function byDay(roots: ShownMessage[], zone: string): [string, ShownMessage[]][] {
  const days = new Map<string, ShownMessage[]>()
  for (const root of roots) {
    const day = dayOf(root.ts, zone)
    days.set(day, [...(days.get(day) ?? []), root])
  }
  return [...days]
}

function renderMessage(message: ShownMessage, replies: ShownMessage[], zone: string): Html {
  const { by, channel, ts, isEdited, onlyFor } = message
  const isApp = by === APP.botUserId
  return html`<article class="msg ${onlyFor !== null && 'eph'}" data-channel="${channel}" data-ts="${ts}">
    <span class="avatar ${!isApp && 'person'}">${isApp ? mark() : userName(by).slice(0, 1)}</span>
    <div>
      <p class="from"><b>${isApp ? APP.name : userName(by)}</b>${
        isApp && html`<span class="app">APP</span>`
      }<time>${clockOf(ts, zone)}</time>${isEdited && html` <span class="ed">(edited)</span>`}</p>
      ${onlyFor !== null && html`<p class="only">Only visible to you</p>`}
      ${renderContent(message)}
      ${Object.values(message.unfurls).map(renderUnfurl)}
      ${replies.length > 0 && renderThread(message, replies, zone)}
    </div>
  </article>`
}

function renderContent({ text, blocks }: ShownMessage): Html {
  return blocks === null ? html`<p>${renderMrkdwn(text)}</p>` : renderBlocks(blocks)
}

function renderUnfurl(attachment: Json): Html {
  return html`<div class="unfurl">${renderBlocks((attachment['blocks'] ?? []) as Json[])}</div>`
}

function renderThread({ ts }: ShownMessage, replies: ShownMessage[], zone: string): Html {
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`
  const last = replies.at(-1)?.ts ?? ts
  return html`<details class="replies" data-thread="${ts}">
    <summary class="thread"><a>${count}</a> Last reply ${agoOf(last, zone)}</summary>
    ${replies.map((reply) => renderMessage(reply, [], zone))}
  </details>`
}

/** "today at 10:46" */
function agoOf(ts: string, zone: string): string {
  return `${dayOf(ts, zone).toLowerCase()} at ${clockOf(ts, zone)}`
}

function clockOf(ts: string, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
  }).format(Number(ts) * 1000)
}

function dayOf(ts: string, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'full' })
  const day = format.format(Number(ts) * 1000)
  if (day === format.format(Date.now())) return 'Today'
  return day === format.format(Date.now() - DAY_MS) ? 'Yesterday' : day
}
