import { heldSentence } from '#lib/core/policy/held-sentence'
import { listed, plainName } from '#lib/core/policy/plain-words'
import type { Prose } from '#lib/wire/views/common'
import type { TicketPicture, VoteRecord } from './load-ticket'
import { isOwnChange, ownGrantWords } from './own-change'
import { readerOf } from './reader'
import { quoted } from './record-view'
import { REJECT_REASONS } from './reject-reasons'

/** Why it stands where it stands; the first run is the strong word. An end names who, or that it was nobody. */
export function standingOf(picture: TicketPicture): Prose {
  const { ticket, rows, evaluation, nameOf } = picture
  const by = rows.request.closed_by === null ? null : nameOf(rows.request.closed_by)
  switch (ticket.state) {
    case 'open':
      return strongFirst(heldSentence(evaluation, readerOf(picture)))
    case 'released':
      return strongFirst(`Released${becauseWords(picture)}. ${grantWords(picture)}`)
    case 'rejected':
      return strongFirst(
        `Rejected by ${by ?? 'an approver'}${whyWords(picture)}. Nothing will run.`,
      )
    case 'denied': {
      const denials = evaluation.issues.filter(({ severity }) => severity === 'deny')
      const why = denials.map(({ message }) => message).join(' ')
      return strongFirst(`Denied by policy. ${why} Nothing will run.`)
    }
    case 'expired':
      return strongFirst(
        'Expired. It was not settled before its deadline, and nobody said no. Nothing ran.',
      )
    case 'cancelled':
      return cancelledWords(picture, by)
    case 'superseded':
      return supersededWords(picture)
  }
}

function strongFirst(sentence: string): Prose {
  const [, first = '', rest = ''] = /^([A-Za-z]+)(.*)$/su.exec(sentence) ?? []
  return [{ kind: 'strong', text: first }, rest]
}

/** A person's reason is quoted; a caller's is set as the claim it is. */
function cancelledWords({ rows }: TicketPicture, by: string | null): Prose {
  const reason = (rows.request.close_reason as { reason?: unknown } | null)?.reason
  if (by !== null) {
    const why = quoted(reason)
    return strongFirst(`Cancelled by ${by}${why === '' ? '' : `: ${why}`}. Nothing ran.`)
  }
  const cancelled = `Cancelled by ${rows.caller.name}`
  if (typeof reason !== 'string' || reason === '') return strongFirst(`${cancelled}. Nothing ran.`)
  return [
    ...strongFirst(`${cancelled}, which says `),
    { kind: 'claim', text: reason },
    '. Nothing ran.',
  ]
}

function supersededWords({ rows }: TicketPicture): Prose {
  const newer = rows.request.superseded_by
  if (newer === null) {
    return strongFirst('Superseded by a newer request of the same caller. Nothing ran.')
  }
  const link = { kind: 'link', text: 'a newer request', href: `/tickets/${newer}` } as const
  return [...strongFirst('Superseded by '), link, ' of the same caller. Nothing ran.']
}

function whyWords({ rows }: TicketPicture): string {
  const reason = rows.request.close_reason as { reason?: string; note?: string | null } | null
  const label = REJECT_REASONS[reason?.reason as keyof typeof REJECT_REASONS]
  const parts = [label?.toLowerCase(), quoted(reason?.note)].filter(Boolean)
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}

/** " because Mara Lindqvist signed with a passkey and the rollback plan in that review is on file" */
function becauseWords(picture: TicketPicture): string {
  const { evaluation, allVotes, nameOf } = picture
  const votes = allVotes.filter(({ id }) => evaluation.countedVotes.includes(id))
  const signed = votes.map((vote) => `${nameOf(vote.personId)} signed${METHODS[methodOf(vote)]}`)
  const rest = evaluation.requirements.flatMap(({ requirement }) => {
    if (requirement.kind === 'evidence') {
      const where =
        requirement.approve_before_evidence || signed.length === 0 ? '' : ' in that review'
      return [`the ${plainName(requirement.type)}${where} is on file`]
    }
    if (requirement.kind !== 'change_window') return []
    const name = plainName(requirement.calendar)
    return [`${name} ${name.endsWith('s') ? 'were' : 'was'} open`]
  })
  const reasons = [...signed, ...rest]
  return reasons.length === 0
    ? ' at once: policy asks for nothing here'
    : ` because ${listed(reasons, 'and')}`
}

const METHODS = { passkey: ' with a passkey', totp: ' with a code', none: '' }

function methodOf({ method }: VoteRecord): keyof typeof METHODS {
  return method === 'passkey' || method === 'totp' ? method : 'none'
}

function grantWords(picture: TicketPicture): string {
  if (isOwnChange(picture)) return ownGrantWords(picture)
  const { ticket, rows } = picture
  const runtime = rows.caller.audience
  switch (ticket.grant?.state) {
    case 'ready':
      return `It has not run yet: ${runtime} can collect the allow token.`
    case 'collected':
      return `It has not run yet: ${runtime} has the allow token.`
    case 'redeemed':
      return `${runtime} redeemed it once and has not said yet how it ended.`
    case 'reported':
      return `${runtime} ran it once: ${String(ticket.grant.outcome).replace('_', ' ')}.`
    case 'lapsed':
      return 'Nobody redeemed it in time. Nothing ran.'
    case 'revoked':
      return 'It was revoked before it ran. Nothing ran.'
    case 'burnt':
      return 'It was refused at redeem. Nothing ran.'
    default:
      return ''
  }
}
