import { whyNotEligible } from '#lib/core/ticket/eligibility'
import type { Runtime } from '#lib/runtime'
import type { ModalView } from '#lib/wire/views/slack'
import { loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { ticketViewOf } from '../ticket/ticket-view'
import { cardViewOf, offerOf } from './card-view'
import { takesCode } from './missing'
import { needsOf } from './story'

/** A request as one person sees it in a modal; null when there is none. */
export async function modalView(
  runtime: Runtime,
  input: { requestId: string; personId: string },
): Promise<ModalView | null> {
  const picture = await loadTicket(runtime, input.requestId, input.personId)
  if (!picture) return null
  const card = cardViewOf(runtime, picture)
  const view = ticketViewOf(picture, [])
  const methods = picture.viewerMethods
  return {
    ...card,
    offer: offerOf(card.readable.isWhole, methods.includes('totp') && takesViewersCode(picture)),
    viewer: { id: input.personId, name: picture.nameOf(input.personId) },
    whyNot: view.vote.whyNot,
    isConfirmation: view.vote.isConfirmation,
    mine: view.vote.mine,
    isGiven: hasGiven(picture, input.personId),
    needs: card.state === 'open' ? needsOf(picture) : null,
    methods,
    signUrl: `${runtime.config.publicUrl}/sign/${input.requestId}`,
    checklist: view.checklist,
    evidenceForms: view.evidenceForms.map(({ type, label, note }) => ({ type, label, note })),
    rejectReasons: view.vote.rejectReasons,
  }
}

/** Whether this person's approval counts, and nothing has come since that they are to confirm. */
export function hasGiven({ ticket, evaluation }: TicketPicture, personId: string): boolean {
  const isToConfirm = evaluation.requirements.some(({ state }) => state === 'to_confirm')
  return (
    !isToConfirm &&
    ticket.votes.some(
      ({ id, person, choice }) =>
        person === personId && choice === 'approve' && evaluation.countedVotes.includes(id),
    )
  )
}

/** Of the approvals that this person can give. */
function takesViewersCode(picture: TicketPicture): boolean {
  const { viewerId, facts, now } = picture
  return takesCode(
    picture,
    (approval) => viewerId !== null && whyNotEligible(viewerId, approval, facts, now) === null,
  )
}
