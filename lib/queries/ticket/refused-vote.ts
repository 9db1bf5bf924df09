import { TOTP_MOST_FAILURES } from '#lib/auth/totp'
import { MINUTE_MS } from '#lib/core/durations'
import { type Refusal, refusalEntry } from '#lib/core/refusals'
import type { Runtime } from '#lib/runtime'
import { zoneName } from '#lib/wire/clock'
import type { Prose } from '#lib/wire/views/common'
import { type EventRecord, loadTicket, type TicketPicture } from './load-ticket'
import { oneOf } from './people-words'
import { changeWords } from './review-changes'
import { voteBarView } from './vote-bar-view'

/** Why a vote was not counted, and what to do next. */
export interface RefusedVote {
  title: string
  text: Prose
  /** What was the matter with the code that was typed, said beside its field; the dialog stays. */
  codeFault?: string
}

/** Tells a refused vote by what the ticket looks like now: a lost race names the winner, a changed review what changed. */
export async function refusedVote(
  runtime: Runtime,
  input: { requestId: string; viewerId: string; refusal: Refusal },
): Promise<RefusedVote> {
  const { refusal } = input
  const picture = await loadTicket(runtime, input.requestId, input.viewerId)
  const isAboutCodes = refusal.code === 'mfa_locked' || isRefusedCode(refusal)
  const codes = picture && isAboutCodes ? await codesWords(runtime, picture, refusal) : null
  const told = codes ?? (picture && tellers[refusal.code]?.(picture, refusal))
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
}

function isRefusedCode({ code, meta }: Refusal): boolean {
  const reason = meta?.['reason']
  return code === 'mfa_failed' && (reason === 'wrong_code' || reason === 'reused_code')
}

/** Of a code: how many tries are left, or until when codes are locked and who ends that sooner. */
async function codesWords(
  { db }: Pick<Runtime, 'db'>,
  picture: TicketPicture,
  refusal: Refusal,
): Promise<RefusedVote | null> {
  const { viewerId, now } = picture
  if (viewerId === null) return null
  const row = await db.totp.findUnique({
    where: { personId: viewerId },
    select: { failedCount: true, lockedUntil: true },
  })
  const lockedUntil = row?.lockedUntil?.getTime() ?? 0
  if (refusal.code === 'mfa_locked' || lockedUntil > now) {
    const waitMs = Number(refusal.meta?.['retry_after_ms'] ?? MINUTE_MS)
    const admins = await db.person.findMany({
      where: { active: true, roles: { has: 'admin' }, id: { not: viewerId } },
      select: { name: true },
      orderBy: { name: 'asc' },
    })
    const names = admins.map(({ name }) => name)
    return lockedWords(picture, lockedUntil > now ? lockedUntil : now + waitMs, names)
  }
  const { title, sentence } = refusalEntry(refusal.code)
  const said = refusal.detail ?? sentence
  const left = TOTP_MOST_FAILURES - (row?.failedCount ?? 0)
  const rest = `${left} ${left === 1 ? 'try is' : 'tries are'} left, then codes are locked.`
  return { title, text: [said], codeFault: `${said} ${rest}` }
}

function lockedWords(picture: TicketPicture, until: number, admins: string[]): RefusedVote {
  const at = new Date(until).toISOString()
  const zone = zoneName({ zone: picture.zone, now: at })
  const unlock = admins.length === 0 ? '' : ` ${oneOf(admins)} can unlock them sooner.`
  const rest = picture.viewerMethods.includes('passkey') ? ' A passkey still works.' : ''
  return {
    title: 'Codes are locked',
    text: [
      'Too many did not match. They work again at ',
      { kind: 'time', at, form: 'short' },
      ` ${zone}.${unlock}${rest}`,
    ],
  }
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
