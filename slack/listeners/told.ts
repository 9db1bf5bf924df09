import type { ModalView as SlackModal } from '@slack/types'
import { doneModal } from '#lib/notify/slack/blocks/modal'
import { type RefusalInput, refusedModal } from '#lib/notify/slack/blocks/refusal'
import type { ToldVote } from '#lib/queries/slack/told-vote'

/** What is said when something broke. Whether the last step was taken is not known, so it is not claimed. */
export const TROUBLE: RefusalInput = {
  title: 'Countersign could not answer',
  text: 'Something broke on our side. Look at the ticket in the console before you try again.',
}

export const NO_SUCH_REQUEST: RefusalInput = {
  title: 'There is no such request',
  text: 'Nothing was counted.',
}

export const UNREADABLE: RefusalInput = {
  title: 'This window is too old',
  text: 'Close it and press the button on the card again. Nothing was counted.',
}

export const NOT_WHOLE: RefusalInput = {
  title: 'Slack cannot show this one whole',
  text: 'So it is not signed here: open it in the console, read all of it and approve it there. Nothing was counted.',
}

export function toldModal({ isCounted, title, text, url }: ToldVote): SlackModal {
  if (isCounted) return doneModal({ title, text })
  return refusedModal({ title, text, ...(url !== null && { url }) })
}
