import { describeRequirement } from '#lib/core/policy/describe-requirement'
import { capitalised, plainName, timeWords } from '#lib/core/policy/plain-words'
import type { RequirementStatus } from '#lib/core/policy/types'
import { peopleBehind } from '#lib/core/ticket/eligibility'
import type { Runtime } from '#lib/runtime'
import type { Prose } from '#lib/wire/views/common'
import type { ChecklistStateView, SignNeedView, SignView, TicketView } from '#lib/wire/views/ticket'
import { mayApprove } from './checklist-view'
import { loadTicket, type TicketPicture } from './load-ticket'
import { oneOf } from './people-words'
import { readerOf } from './reader'
import { ticketViewOf } from './ticket-view'

/** What the signing page asks of one viewer; null when there is no such request. */
export async function signView(
  runtime: Runtime,
  input: { requestId: string; viewer: { id: string; name: string } },
): Promise<SignView | null> {
  const { requestId, viewer } = input
  const picture = await loadTicket(runtime, requestId, viewer.id)
  if (!picture) return null
  const ticket = ticketViewOf(picture, [])
  const behind = { ...ticket.behind, note: [`${cannotVote(picture)} cannot vote`] }
  return {
    ticket: { ...ticket, behind },
    organisation: picture.organisation,
    zone: picture.zone,
    now: new Date(picture.now).toISOString(),
    standing: ticket.standing,
    needs: needsOf(picture),
    vote: ticket.vote,
    signature: signatureOf(picture, ticket),
    signedInName: viewer.name,
  }
}

function cannotVote({ facts, nameOf }: TicketPicture): string {
  return oneOf(peopleBehind(facts).map(nameOf), 'and')
}

function signatureOf({ ticket, viewerId }: TicketPicture, view: TicketView) {
  const mine = ticket.votes.find(({ person }) => person === viewerId)
  const line = view.signatures.lines.find((one) => one.kind === 'signed' && one.id === mine?.id)
  return line?.kind === 'signed' ? line : null
}

const STATES: Record<RequirementStatus['state'], ChecklistStateView> = {
  met: 'met',
  missing: 'missing',
  to_confirm: 'to_confirm',
  waiting: 'opens',
  at_redeem: 'opens',
}

/** The checklist in a line each. The factor is left out: the button brings it along. */
function needsOf(picture: TicketPicture): SignNeedView[] {
  return picture.evaluation.requirements.flatMap((status) => {
    const { requirement, state } = status
    if (requirement.kind === 'mfa' || state === 'at_redeem') return []
    return [
      { state: STATES[state], text: needText(picture, status), note: needNote(picture, status) },
    ]
  })
}

function needText(picture: TicketPicture, status: RequirementStatus): Prose {
  const { requirement, state } = status
  const { title } = describeRequirement(status, readerOf(picture))
  if (requirement.kind === 'change_window') return [windowWords(status, picture)]
  if (requirement.kind !== 'approval') return [title]
  if (state === 'missing' && mayApprove(picture)) return ['Your approval']
  return [capitalised(title.replace(/^Approval by /u, ''))]
}

/** "Business hours, until 17:00" */
function windowWords({ requirement, opensAt, shutsAt }: RequirementStatus, picture: TicketPicture) {
  const name = requirement.kind === 'change_window' ? plainName(requirement.calendar) : ''
  const reader = readerOf(picture)
  const open = shutsAt === undefined ? 'open' : `until ${timeWords(shutsAt, reader)}`
  const when = opensAt === undefined ? open : `from ${timeWords(opensAt, reader)}`
  return `${capitalised(name)}, ${when}`
}

function needNote(picture: TicketPicture, status: RequirementStatus): Prose | null {
  const { requirement, state } = status
  if (requirement.kind !== 'evidence') return null
  if (state === 'to_confirm') return ['You review it with this signature']
  const isAskedAgain = state === 'missing' && !requirement.approve_before_evidence
  return isAskedAgain && mayApprove(picture) ? ['You confirm it when it arrives'] : null
}
