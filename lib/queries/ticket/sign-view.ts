import { describeRequirement } from '#lib/core/policy/describe-requirement'
import type { RequirementStatus } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import type { ChecklistStateView, SignNeedView, SignView, TicketView } from '#lib/wire/views'
import type { Prose } from '#lib/wire/views-common'
import { mayApprove } from './checklist-view'
import { loadTicket, type TicketPicture } from './load-ticket'
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
  return {
    ticket,
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
  const isYours = requirement.kind === 'approval' && state === 'missing' && mayApprove(picture)
  return [isYours ? 'Your approval' : describeRequirement(status, readerOf(picture)).title]
}

function needNote(picture: TicketPicture, status: RequirementStatus): Prose | null {
  const { requirement, state } = status
  if (requirement.kind === 'change_window') {
    const [when] = describeRequirement(status, readerOf(picture)).from
    return when === undefined ? null : [when]
  }
  if (requirement.kind !== 'evidence') return null
  if (state === 'to_confirm') return ['On file below. You review it with this signature']
  const isAskedAgain = state === 'missing' && !requirement.approve_before_evidence
  return isAskedAgain && mayApprove(picture) ? ['You confirm it when it arrives'] : null
}
