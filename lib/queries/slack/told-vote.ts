import { MINUTE_MS } from '#lib/core/durations'
import type { VoteFact } from '#lib/core/policy/types'
import { type Refusal, refusalEntry } from '#lib/core/refusals'
import { tallyVotes } from '#lib/core/ticket/settle-approval'
import type { Runtime } from '#lib/runtime'
import { timeText, zoneName } from '#lib/wire/clock'
import type { Prose } from '#lib/wire/views/common'
import type { SlackClock } from '#lib/wire/views/slack'
import { loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { type RefusedVote, refusedVote } from '../ticket/refused-vote'
import { reviewChanges } from '../ticket/review-changes'
import { standingOf } from '../ticket/standing'
import { outstanding } from './missing'

/** What became of a vote, for whoever cast it. Plain text: whoever shows it escapes it. */
export interface ToldVote {
  /** The vote counts, this time or from before. */
  isCounted: boolean
  /** No approval is missing any more, so reading it again would ask for nothing. */
  isMoot: boolean
  title: string
  text: string
  /** Where to go on; null where there is nothing left to do. */
  url: string | null
}

export interface VoteToTell {
  requestId: string
  personId: string
}

/** Tells a vote that was counted, and who was first where another one had settled it already. */
export async function countedVote(runtime: Runtime, vote: VoteToTell): Promise<ToldVote> {
  const picture = await loadTicket(runtime, vote.requestId, vote.personId)
  if (!picture) throw new Error('The request of a vote that was counted is gone')
  return countedWords(picture)
}

/**
 * Tells why a vote was not counted: who may vote, who was first and when, what took its place, what to do next. A second
 * press of a vote that had counted is told that it counts.
 */
export async function uncountedVote(
  runtime: Runtime,
  vote: VoteToTell & { refusal: Refusal },
): Promise<ToldVote> {
  const { requestId, personId, refusal } = vote
  const picture = await loadTicket(runtime, requestId, personId)
  if (!picture) return { ...NOWHERE, ...entryWords({ code: 'not_found' }) }
  if (isSettledByViewer(picture)) return countedWords(picture)
  const ticketUrl = urlOf(runtime, requestId)
  const successor = picture.rows.request.superseded_by
  const told = await refusedVote(runtime, { requestId, viewerId: personId, refusal })
  if (refusal.code === 'review_changed') return changedWords(picture, { told, url: ticketUrl })
  const words = codeWords(picture, refusal) ?? {
    ...NOWHERE,
    title: told.title,
    text: wordsOf(told.text, clockOf(picture)),
  }
  if (picture.ticket.state === 'superseded' && successor !== null) {
    const text = `${words.text} The newer one is ${successor}.`
    return { ...words, text, url: urlOf(runtime, successor) }
  }
  const isAboutFactors =
    refusal.code === 'factor_not_confirmed' || refusal.meta?.['reason'] === 'not_enrolled'
  return { ...words, url: isAboutFactors ? `${runtime.config.publicUrl}/account` : ticketUrl }
}

/** Of a code that was typed into Slack: to type the next one, or that none is taken for a while. */
function codeWords(picture: TicketPicture, { code, meta }: Refusal): ToldVote | null {
  const reason = meta?.['reason']
  if (code === 'mfa_failed' && (reason === 'wrong_code' || reason === 'reused_code')) {
    const text = 'Nothing was counted. Type the next one.'
    return { ...NOWHERE, title: 'That code was wrong, too old or used before', text }
  }
  if (code !== 'mfa_locked') return null
  const waitMs = Number(meta?.['retry_after_ms'] ?? MINUTE_MS)
  const clock = clockOf(picture)
  const at = new Date(picture.now + waitMs).toISOString()
  const when = `${timeText(at, 'seconds', clock)} ${zoneName({ zone: clock.zone, now: at })}`
  const rest = picture.viewerMethods.includes('passkey') ? ' A passkey still works.' : ''
  const text = `Too many did not match. They work again at ${when}.${rest}`
  return { ...NOWHERE, title: 'Codes are locked', text }
}

/** A sentence as plain text. */
export function wordsOf(prose: Prose, clock: SlackClock): string {
  return prose
    .map((run) => {
      if (typeof run === 'string') return run
      if (run.kind === 'time') return timeText(run.at, run.form, clock)
      return run.kind === 'tag' ? run.tag : run.text
    })
    .join('')
}

function clockOf({ now, zone }: TicketPicture): SlackClock {
  return { now: new Date(now).toISOString(), zone }
}

function urlOf({ config }: Pick<Runtime, 'config'>, requestId: string): string {
  return `${config.publicUrl}/tickets/${requestId}`
}

function entryWords(refusal: Refusal) {
  const { title, sentence } = refusalEntry(refusal.code)
  return { title, text: refusal.detail ?? sentence }
}

const NOWHERE = { isCounted: false, isMoot: false, url: null }

/** What changed it, and whether that was all that was missing. */
function changedWords(
  picture: TicketPicture,
  { told, url }: { told: RefusedVote; url: string },
): ToldVote {
  const clock = clockOf(picture)
  const first = firstVote(picture)
  if (first) {
    const at = timeText(new Date(first.at).toISOString(), 'seconds', clock)
    const title = `${picture.nameOf(first.person)} signed first`
    const text = `That was at ${at}, and it was enough. Your vote was not needed and was not counted.`
    return { isCounted: false, isMoot: true, title, text, url }
  }
  const { last } = reviewChanges(picture)
  const change = last === null ? '' : `${wordsOf(last, clock)} `
  const text = `${change}${wordsOf(told.text, clock)}`
  return { isCounted: false, isMoot: false, title: told.title, text, url }
}

/** It ended by what this viewer did: their approval counted towards the release, or they rejected it. */
function isSettledByViewer({ ticket, viewerId, evaluation, rows }: TicketPicture): boolean {
  if (ticket.state === 'rejected') return rows.request.closed_by === viewerId
  const mine = ticket.votes.find(({ person }) => person === viewerId)
  return (
    ticket.state === 'released' && mine !== undefined && evaluation.countedVotes.includes(mine.id)
  )
}

function countedWords(picture: TicketPicture): ToldVote {
  const standing = wordsOf(standingOf(picture), clockOf(picture))
  if (picture.ticket.state === 'rejected') {
    return { isCounted: true, isMoot: true, title: 'Rejected', text: standing, url: null }
  }
  return {
    isCounted: true,
    isMoot: false,
    title: 'Signed',
    text: `Your approval is on file. ${firstWords(picture)}${isReleasing(picture) ? RELEASING : standing}`,
    url: null,
  }
}

const RELEASING = 'Nothing is missing: it is being released, and the card says when.'

function isReleasing(picture: TicketPicture): boolean {
  return picture.ticket.state === 'open' && outstanding(picture).length === 0
}

/** Two who signed at once: the later is told that the earlier would have been enough. */
function firstWords(picture: TicketPicture): string {
  const first = firstVote(picture)
  if (!first) return ''
  const at = timeText(new Date(first.at).toISOString(), 'seconds', clockOf(picture))
  return `${picture.nameOf(first.person)} signed first, at ${at}, and that was enough. `
}

/** The vote that left no approval missing, where the viewer gave none before it. */
function firstVote(picture: TicketPicture): VoteFact | null {
  const { evaluation, ticket, viewerId, facts, now } = picture
  const mineAt = ticket.votes.find(({ person }) => person === viewerId)?.at ?? now
  const earlier = ticket.votes.filter(
    ({ id, at, person }) =>
      evaluation.countedVotes.includes(id) && person !== viewerId && at < mineAt,
  )
  const isEnough = evaluation.requirements.every(
    ({ requirement, state }) =>
      state !== 'to_confirm' &&
      (requirement.kind !== 'approval' || tallyVotes(requirement, earlier, facts, now).satisfied),
  )
  return isEnough ? (earlier.at(-1) ?? null) : null
}
