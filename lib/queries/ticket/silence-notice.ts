import { MINUTE_MS } from '#lib/core/durations'
import { longSpanText } from '#lib/wire/clock'
import type { Run } from '#lib/wire/views/common'
import type { NoticeView } from '#lib/wire/views/ticket'
import type { TicketPicture } from './load-ticket'
import { isOwnChange } from './own-change'

/** A runtime that is silent for as long is told about: here and in the inbox. */
export const SILENT_MS = 15 * MINUTE_MS

/** Released and nothing came of it: what is known, what is not, and who to ask. */
export function silenceNotices(picture: TicketPicture): NoticeView[] {
  const { ticket, now } = picture
  const { grant } = ticket
  if (!grant) return []
  const silentFor = (since: number | null) => now - (since ?? now)
  switch (grant.state) {
    case 'ready':
      return late(silentFor(grant.createdAt), (span) => ({
        tone: 'hold',
        lead: `Released ${span} ago and never collected.`,
        text: ['Nothing has run. ', ...until(grant.endsAt), ...ask(picture)],
      }))
    case 'collected':
      return late(silentFor(grant.collectedAt), (span) => ({
        tone: 'hold',
        lead: `Collected ${span} ago and never redeemed.`,
        text: ['Nothing has run. ', ...until(grant.endsAt), ...ask(picture)],
      }))
    case 'redeemed':
      return late(silentFor(grant.redeemedAt), (span) => ({
        tone: 'hold',
        lead: `Redeemed ${span} ago and never reported.`,
        text: ['Whether it ran, or ran half, is not known here. ', ...ask(picture)],
      }))
    case 'lapsed':
      return [
        {
          tone: 'plain',
          lead: grant.collectedAt === null ? 'Never collected.' : 'Collected, never redeemed.',
          text: ['The grant lapsed and nothing ran. ', ...ask(picture)],
        },
      ]
    case 'reported':
      return grant.outcome === 'unknown'
        ? [{ tone: 'hold', lead: 'Nobody knows how it ended.', text: unknown(picture) }]
        : []
    default:
      return []
  }
}

function late(ms: number, notice: (span: string) => NoticeView): NoticeView[] {
  return ms < SILENT_MS ? [] : [notice(longSpanText(ms))]
}

function until(at: number): Run[] {
  return [
    'It can be until ',
    { kind: 'time', at: new Date(at).toISOString(), form: 'short' },
    ', then it lapses. ',
  ]
}

function unknown(picture: TicketPicture): NoticeView['text'] {
  return [
    `${picture.rows.caller.audience} redeemed it and does not know whether it ran to its end. Look before anything is run again. `,
    ...ask(picture),
  ]
}

function ask({ rows, nameOf }: TicketPicture): string[] {
  if (isOwnChange({ rows }))
    return ['Ask whoever runs the installation: its workers apply changes.']
  const { audience, name, owner_id } = rows.caller
  return [`Ask ${nameOf(owner_id)}, who owns ${name}, or whoever runs ${audience}.`]
}
