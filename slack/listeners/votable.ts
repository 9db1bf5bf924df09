import type { ModalView as SlackModal } from '@slack/types'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { modalView } from '#lib/queries/slack/modal-view'
import { uncountedVote, wordsOf } from '#lib/queries/slack/told-vote'
import type { ModalView } from '#lib/wire/views/slack'
import type { ListenerDeps } from './deps'
import { NO_SUCH_REQUEST, toldModal } from './told'

export type Votable = { isVotable: true; view: ModalView } | { isVotable: false; modal: SlackModal }

/** A request as this person may vote on it now; else the modal that says why they may not. */
export async function readVotable(
  { runtime }: ListenerDeps,
  { requestId, personId }: { requestId: string; personId: string },
): Promise<Votable> {
  const view = await modalView(runtime, { requestId, personId })
  if (!view) return { isVotable: false, modal: refusedModal(NO_SUCH_REQUEST) }
  const ended = endedCode(view)
  if (ended) {
    const told = await uncountedVote(runtime, { requestId, personId, refusal: { code: ended } })
    return { isVotable: false, modal: toldModal(told) }
  }
  if (view.whyNot === null) return { isVotable: true, view }
  const told = { title: 'You cannot vote on this one', text: wordsOf(view.whyNot, view) }
  return { isVotable: false, modal: refusedModal({ ...told, url: view.ticketUrl }) }
}

/** Past its deadline it takes no vote, whether or not a worker has looked at it since. */
function endedCode({ state, closesAt, now }: ModalView) {
  const isLate = closesAt !== null && Date.parse(closesAt) <= Date.parse(now)
  if (state === 'expired' || (state === 'open' && isLate)) return 'ticket_expired'
  return state === 'open' ? null : 'already_decided'
}
