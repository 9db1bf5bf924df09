import type { ModalView as SlackModal } from '@slack/types'
import { createSignPass } from '#lib/commands/slack/person/create-sign-pass'
import { approveModal, type TypedApproval } from '#lib/notify/slack/blocks/approve-modal'
import { doneModal } from '#lib/notify/slack/blocks/modal'
import { type RefusalInput, refusedModal } from '#lib/notify/slack/blocks/refusal'
import { timeText, zoneName } from '#lib/wire/clock'
import type { ModalMetadata } from '#lib/wire/slack/buttons'
import type { ModalView } from '#lib/wire/views/slack'
import type { ListenerDeps } from './deps'
import { NOT_WHOLE } from './told'
import { readVotable } from './votable'

export interface ApprovalToAsk {
  requestId: ModalMetadata['request']
  personId: string
  messageId: ModalMetadata['message']
  /** The review that the card or the last modal showed; null for none. */
  shown: string | null
  typed?: TypedApproval
  /** Said where no code of theirs is taken for a while: none is asked for. */
  locked?: RefusalInput | null
}

/** The modal that asks for an approval of the request as it is now, or the one that says why there is nothing to approve. */
export async function askToApprove(deps: ListenerDeps, ask: ApprovalToAsk): Promise<SlackModal> {
  const { requestId, personId, messageId } = ask
  const votable = await readVotable(deps, { requestId, personId })
  if (!votable.isVotable) return votable.modal
  const given = givenAlready(votable.view)
  if (given) return given
  const { locked = null } = ask
  // A code is all that they have.
  if (locked && !votable.view.methods.includes('passkey')) return refusedModal(locked)
  const view = locked ? withoutCode(votable.view) : votable.view
  const unable = whyUnable(view, deps.runtime.config.publicUrl)
  if (unable) return refusedModal(unable)
  const pass = await createSignPass(deps.runtime, { requestId, personId })
  const signUrl = pass.ok ? pass.value.url : view.signUrl
  const review = view.review?.digest ?? null
  const meta = { request: requestId, review, message: messageId, evidenceType: null }
  return approveModal({ ...view, signUrl }, meta, { ...changed(ask, review), ...ask.typed })
}

/** Of whoever approved what still stands, nothing is asked again. */
function givenAlready({ mine, isGiven, needs, zone, now }: ModalView): SlackModal | null {
  if (mine === null || !isGiven) return null
  const at = `${timeText(mine.at, 'short', { zone, now })} ${zoneName({ zone, now: mine.at })}`
  const rest = needs ?? 'Nothing is missing: it is being released, and the card says when.'
  return doneModal({ title: 'Signed', text: `You approved this at ${at}. ${rest}` })
}

function withoutCode(view: ModalView): ModalView {
  return view.offer === 'code' ? { ...view, offer: 'passkey' } : view
}

/** The words of an older card are not those of this modal, and whoever compares them is told why. */
function changed({ shown }: ApprovalToAsk, review: string | null): TypedApproval {
  return shown === null || shown === review ? {} : { fault: CHANGED }
}

const CHANGED =
  'It changed after the card was shown, so the words are others. Read it as it is now; these are the words that you sign.'

/** Without a factor that counts here the modal could only be refused. */
function whyUnable(
  { methods, offer, ticketUrl }: ModalView,
  publicUrl: string,
): RefusalInput | null {
  if (methods.length === 0) return { ...NO_FACTOR, url: `${publicUrl}/account` }
  if (offer === 'code' || methods.includes('passkey')) return null
  if (offer === 'console') return { ...NOT_WHOLE, url: ticketUrl }
  return { ...NO_PASSKEY, url: `${publicUrl}/account` }
}

const NO_FACTOR: RefusalInput = {
  title: 'You have no second factor that counts here',
  text: 'Enrol a passkey or an authenticator app on your account page, and have it confirmed. One that was confirmed after this request was opened does not count on it. Nothing was counted.',
}

const NO_PASSKEY: RefusalInput = {
  title: 'A code typed into Slack is not enough here',
  text: 'It takes a passkey, and you have none that counts here. Enrol one on your account page. Nothing was counted.',
}
