import { whyNotEligible } from '#lib/core/ticket/eligibility'
import type { Runtime } from '#lib/runtime'
import type { ModalView } from '#lib/wire/views-slack'
import { loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { ticketViewOf } from '../ticket/ticket-view'
import { cardViewOf, offerOf } from './card-view'
import { takesCode } from './missing'

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
    methods,
    signUrl: `${runtime.config.publicUrl}/sign/${input.requestId}`,
    checklist: view.checklist,
    evidenceForms: view.evidenceForms.map(({ type, label, note }) => ({ type, label, note })),
    rejectReasons: view.vote.rejectReasons,
  }
}

/** Of the approvals that this person can give. */
function takesViewersCode(picture: TicketPicture): boolean {
  const { viewerId, facts, now } = picture
  return takesCode(
    picture,
    (approval) => viewerId !== null && whyNotEligible(viewerId, approval, facts, now) === null,
  )
}
