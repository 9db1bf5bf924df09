import type { Runtime } from '#lib/runtime'
import type { ModalView } from '#lib/wire/views-slack'
import { loadTicket } from '../ticket/load-ticket'
import { ticketViewOf } from '../ticket/ticket-view'
import { cardViewOf } from './card-view'

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
    offer: card.offer === 'code' && !methods.includes('totp') ? 'passkey' : card.offer,
    viewer: { id: input.personId, name: picture.nameOf(input.personId) },
    whyNot: view.vote.whyNot,
    isConfirmation: view.vote.isConfirmation,
    mine: view.vote.mine,
    methods,
    signUrl: `${runtime.config.publicUrl}/sign/${input.requestId}`,
    checklist: view.checklist,
    evidence: view.evidence,
    evidenceForms: view.evidenceForms.map(({ type, label, note }) => ({ type, label, note })),
    people: [],
    rejectReasons: view.vote.rejectReasons,
  }
}
