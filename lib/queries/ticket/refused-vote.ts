import { MINUTE_MS } from '#lib/core/durations'
import { type Refusal, refusalEntry } from '#lib/core/refusals'
import type { Runtime } from '#lib/runtime'
import { zoneName } from '#lib/wire/clock'
import type { Prose } from '#lib/wire/views-common'
import { type EventRecord, loadTicket, type TicketPicture } from './load-ticket'
import { changeWords } from './review-changes'
import { voteBarView } from './vote-bar-view'

/** Why a vote was not counted, and what to do next. */
export interface RefusedVote {
  title: string
  text: Prose
}

/** Tells a refused vote by what the ticket looks like now: a lost race names the winner, a changed review what changed. */
export async function refusedVote(
  runtime: Runtime,
  input: { requestId: string; viewerId: string; refusal: Refusal },
): Promise<RefusedVote> {
  const { refusal } = input
  const picture = await loadTicket(runtime, input.requestId, input.viewerId)
  const told = picture && tellers[refusal.code]?.(picture, refusal)
  if (told) return told
  const { title, sentence } = refusalEntry(refusal.code)
  return { title, text: [refusal.detail ?? sentence] }
}

type Teller = (picture: TicketPicture, refusal: Refusal) => RefusedVote | null

const tellers: Partial<Record<Refusal['code'], Teller>> = {
  // What changed is told by the page, which knows what it showed.
  review_changed: () => ({
    title: 'The request changed while you read it',
    text: ['Your vote was not counted. Read it again, then sign the new words.'],
  }),
  already_decided: endedWords,
  ticket_closed: endedWords,
  ticket_expired: endedWords,
  own_request: cannotVote,
  not_eligible: cannotVote,
  mfa_failed: ({ viewerId, nameOf }, { meta }) =>
    meta?.['reason'] === 'passkey_of_another' && viewerId !== null
      ? {
          title: 'This passkey belongs to somebody else',
          text: [`Only a passkey of ${nameOf(viewerId)} counts here. Nobody's vote was counted.`],
        }
      : null,
  mfa_locked: ({ now, zone, viewerMethods }, { meta }) => {
    const waitMs = Number(meta?.['retry_after_ms'] ?? MINUTE_MS)
    const at = new Date(now + waitMs).toISOString()
    const rest = viewerMethods.includes('passkey') ? ' A passkey still works.' : ''
    return {
      title: 'Codes are locked',
      text: [
        'Too many did not match. They work again at ',
        time(at),
        ` ${zoneName({ zone, now: at })}.${rest}`,
      ],
    }
  },
}

function cannotVote(picture: TicketPicture): RefusedVote | null {
  const { whyNot } = voteBarView(picture)
  return whyNot && { title: 'You cannot vote on this one', text: whyNot }
}

function endedWords(picture: TicketPicture): RefusedVote | null {
  const { ticket, rows, events, nameOf } = picture
  const ended = events.findLast(({ type }) => type === `request.${ticket.state}`)
  const at = new Date(ticket.closedAt ?? ticket.deadlineAt ?? picture.now).toISOString()
  const by = rows.request.closed_by === null ? null : nameOf(rows.request.closed_by)
  switch (ticket.state) {
    case 'released':
      return releasedWords(picture, ended)
    case 'rejected':
      return {
        title: `${by ?? 'Somebody'} rejected it first`,
        text: [
          'It was rejected at ',
          time(at),
          ' and nothing will run. Your vote was not counted.',
        ],
      }
    case 'cancelled':
      return {
        title: 'It was cancelled',
        text: [
          `${by ?? rows.caller.name} took it back at `,
          time(at),
          '. Your vote was not counted.',
        ],
      }
    case 'superseded':
      return {
        title: 'A newer request took its place',
        text: ['This one ended at ', time(at), '. Your vote was not counted.'],
      }
    case 'denied':
      return {
        title: 'Policy denied it',
        text: ['It was denied at ', time(at), ' and nothing will run. Your vote was not counted.'],
      }
    case 'open':
    case 'expired':
      return {
        title: 'Expired, nothing ran',
        text: [
          'It was open until ',
          { kind: 'time', at, form: 'day_seconds' },
          '. That is not a no. Your vote was not counted. The caller may ask again.',
        ],
      }
  }
}

/** The vote before the release is the one that settled it. */
function releasedWords(picture: TicketPicture, ended: EventRecord | undefined): RefusedVote {
  const { events, nameOf } = picture
  const votes = events.filter(
    ({ type, ordinal }) => type === 'vote.cast' && ordinal < (ended?.ordinal ?? Number.MAX_VALUE),
  )
  const last = votes.at(-1)
  const rest = ' Nothing else was missing. Your vote was not needed and was not counted.'
  if (!last) return { title: 'It is released already', text: [rest] }
  return {
    title: `${nameOf(last.actor.id ?? '')} signed first`,
    text: [...changeWords(picture, last), rest],
  }
}

function time(at: string) {
  return { kind: 'time', at, form: 'seconds' } as const
}
