import type { Runtime } from '#lib/runtime'
import type { Prose } from '#lib/wire/views/common'
import type { VoteResultView, VoteTallyView } from '#lib/wire/views/vote'
import { loadTicket, type TicketPicture } from './load-ticket'
import { isOwnChange } from './own-change'
import { standingOf } from './standing'

/**
 * What a counted vote did, for whoever gave it: never more than has happened. A vote that leaves nothing missing says that
 * the release is under way; that it is released says the page, once a worker has done it.
 */
export async function voteResult(
  runtime: Runtime,
  input: { requestId: string; viewerId: string; deed: 'signed' | 'rejected' | 'withdrawn' },
): Promise<VoteResultView> {
  const picture = await loadTicket(runtime, input.requestId, input.viewerId)
  if (!picture) throw new Error('The request of a vote that was counted is gone')
  return resultOf(picture, input.deed)
}

export function resultOf(
  picture: TicketPicture,
  deed: 'signed' | 'rejected' | 'withdrawn',
): VoteResultView {
  const ended = endOf(picture)
  if (ended) return ended
  if (deed === 'withdrawn') {
    const tally = tallyOf(picture)
    const text = tally ? `It counts no longer: ${tallyWords(tally)}.` : 'It counts no longer.'
    return { tone: 'plain', lead: ['Your vote is withdrawn.'], text: [text] }
  }
  return signedWords(picture)
}

/** Approvals given and needed; null where policy asks for none. */
export function tallyOf({ evaluation }: TicketPicture): VoteTallyView | null {
  const approvals = evaluation.requirements.flatMap(({ requirement, progress }) =>
    requirement.kind === 'approval' && progress ? [progress] : [],
  )
  const needed = approvals.reduce((sum, progress) => sum + progress.needed, 0)
  const counted = approvals.reduce((sum, progress) => sum + progress.counted, 0)
  return needed === 0 ? null : { counted: Math.min(counted, needed), needed }
}

/** How the ticket ended, for a page that was open as it did; null while it is open. An expiry names nobody. */
export function endOf(picture: TicketPicture): VoteResultView | null {
  const { ticket, rows } = picture
  const at = timeOf(ticket.closedAt ?? ticket.deadlineAt ?? picture.now)
  const by = byWords(picture)
  switch (ticket.state) {
    case 'open':
      return null
    case 'released':
      return { tone: releasedTone(picture), lead: ['Released.'], text: released(picture) }
    case 'rejected':
      return {
        tone: 'stop',
        lead: [`Rejected by ${by ?? 'an approver'} at `, at, ', nothing will run.'],
        text: [
          isOwnChange(picture)
            ? 'Nothing changes. The reason stands on this page.'
            : 'The caller is told, with the reason.',
        ],
      }
    case 'denied':
      return {
        tone: 'stop',
        lead: ['Denied by policy at ', at, ', nothing ran.'],
        text: ['No approval can change that.'],
      }
    case 'expired':
      return {
        tone: 'plain',
        lead: ['Expired, nothing ran.'],
        text: [
          'It was open until ',
          timeOf(ticket.deadlineAt ?? picture.now),
          '. That is not a no. The caller may ask again.',
        ],
      }
    case 'cancelled':
      return {
        tone: 'plain',
        lead: [`Cancelled by ${by ?? rows.caller.name} at `, at, ', nothing ran.'],
        text: ['Nobody said no. The caller may ask again.'],
      }
    case 'superseded':
      return {
        tone: 'plain',
        lead: ['Superseded at ', at, ', nothing ran.'],
        text: ['A newer request of the same caller took its place. No vote carries over.'],
      }
  }
}

/** Green only while it may run or has run: nothing comes of a grant that was revoked, lapsed or burnt. */
function releasedTone({ ticket }: TicketPicture): VoteResultView['tone'] {
  const state = ticket.grant?.state
  if (state === 'burnt') return 'stop'
  return state === 'revoked' || state === 'lapsed' ? 'plain' : 'go'
}

/** Who signed last, and what follows; the standing line of the page has all of it. */
function released(picture: TicketPicture): Prose {
  const { allVotes, evaluation, nameOf, viewerId, rows } = picture
  const last = allVotes.findLast(({ id }) => evaluation.countedVotes.includes(id))
  const rest = isOwnChange(picture)
    ? 'It is applied in a moment.'
    : `${rows.caller.audience} can run it once. It has not run yet.`
  if (!last || picture.ticket.grant?.state !== 'ready') return standingOf(picture).slice(1)
  const who = last.personId === viewerId ? 'You' : nameOf(last.personId)
  return [`${who} signed at `, timeOf(last.at.getTime()), ` and nothing else was missing. ${rest}`]
}

function signedWords(picture: TicketPicture): VoteResultView {
  const { evaluation } = picture
  const tally = tallyOf(picture)
  const isWhole = tally === null || tally.counted >= tally.needed
  if (evaluation.verdict === 'ALLOW') {
    const text = ['Nothing is missing: it is being released.']
    return { tone: 'go', lead: [tally ? `Signed, ${tallyWords(tally)}.` : 'Signed.'], text }
  }
  const text = standingOf(picture)
  if (!isWhole) return { tone: 'go', lead: [`Signed, ${tallyWords(tally)}.`], text }
  return { tone: 'hold', lead: ['Signed, still held.'], text: whyAlone(text) }
}

/** "Held because no plan is on file." after a lead that says that it is held: "No plan is on file." */
function whyAlone(standing: Prose): Prose {
  const [, why, ...rest] = standing
  if (typeof why !== 'string' || !why.startsWith(BECAUSE)) return standing
  const said = why.slice(BECAUSE.length)
  return [said.charAt(0).toUpperCase() + said.slice(1), ...rest]
}

const BECAUSE = ' because '

/** "2 of 3 approvals", "1 of 1 approval" */
export function tallyWords({ counted, needed }: VoteTallyView): string {
  return `${counted} of ${needed} approval${needed === 1 ? '' : 's'}`
}

function byWords({ rows, nameOf, viewerId }: TicketPicture): string | null {
  const by = rows.request.closed_by
  if (by === null) return null
  return by === viewerId ? 'you' : nameOf(by)
}

function timeOf(at: number) {
  return { kind: 'time', at: new Date(at).toISOString(), form: 'seconds' } as const
}
