import type { App, ViewSubmitAction } from '@slack/bolt'
import type { ModalView as SlackModal } from '@slack/types'
import type { LinkedPerson } from '#lib/auth/slack-identity'
import { failureWords } from '#lib/notify/slack/answer'
import { asideMessage } from '#lib/notify/slack/blocks/aside'
import { countingModal } from '#lib/notify/slack/blocks/modal'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { channelOfMessage } from '#lib/queries/slack/channel-of-message'
import { type ModalMetadata, modalMetadata, type SLACK_VIEWS } from '#lib/wire/slack/buttons'
import type { FormReading, SubmittedState } from '#lib/wire/slack/forms'
import type { ListenerDeps } from './deps'
import { jsonOf, showView } from './press'
import { TROUBLE, UNREADABLE } from './told'
import { identify, type Presser, presserOf } from './who'

/** A modal sent off by somebody who is known. */
export interface Submission extends Presser {
  person: LinkedPerson
  /** As the modal was opened with. Not trusted for more than what was shown. */
  meta: ModalMetadata
  state: SubmittedState
}

export interface SubmitKind {
  callbackId: (typeof SLACK_VIEWS)[keyof typeof SLACK_VIEWS]
  /** What is wrong with what was typed, by block; told in the open modal, before anything is read. */
  faults: (sent: { meta: ModalMetadata; state: SubmittedState }) => Record<string, string>
}

/**
 * A modal that is sent off. Slack is answered at once, either with what is wrong with the fields or with a modal that says
 * that nothing is counted yet; then this works, and says what came of it.
 */
export function onSubmit(
  app: App,
  deps: ListenerDeps,
  { callbackId, faults }: SubmitKind,
  answer: (submission: Submission) => Promise<SlackModal>,
): void {
  app.view<ViewSubmitAction>(
    { type: 'view_submission', callback_id: callbackId },
    async ({ ack, body, view }) => {
      const meta = metaOf(view.private_metadata)
      const errors = meta ? faults({ meta, state: view.state }) : {}
      if (Object.keys(errors).length > 0) return await ack({ response_action: 'errors', errors })
      await ack({ response_action: 'update', view: countingModal() })
      const answered = await viewFor(deps, { body, meta }, answer)
      if (await showView(deps, view.id, answered)) return
      const whom = { userId: body.user.id, messageId: meta?.message ?? null }
      await tellAside(deps, whom, answered)
    },
  )
}

/** Whoever sent a modal off hears what came of it, though the modal is gone: beside the card, or else in their own conversation. */
async function tellAside(
  { runtime, slack }: ListenerDeps,
  { userId, messageId }: { userId: string; messageId: string | null },
  modal: SlackModal,
): Promise<void> {
  const content = asideMessage(modal)
  const beside = messageId === null ? null : await channelOfMessage(runtime, messageId)
  if (beside !== null) {
    const told = await slack.postEphemeral({ channel: beside, user: userId, content })
    if (told.ok) return
  }
  const direct = await slack.openDirect(userId)
  const told = direct.ok
    ? await slack.postEphemeral({ channel: direct.value.channel, user: userId, content })
    : direct
  if (told.ok) return
  const answer = failureWords(told)
  runtime.log.warn({ answer }, 'somebody could not be told what came of what they sent off')
}

export function metaOf(text: string | undefined): ModalMetadata | null {
  const parsed = modalMetadata.safeParse(jsonOf(text))
  return parsed.success ? parsed.data : null
}

async function viewFor(
  deps: ListenerDeps,
  { body, meta }: { body: ViewSubmitAction; meta: ModalMetadata | null },
  answer: (submission: Submission) => Promise<SlackModal>,
): Promise<SlackModal> {
  if (!meta) return refusedModal(UNREADABLE)
  try {
    const presser = presserOf(body)
    const who = await identify(deps, presser)
    if (!who.isKnown) return refusedModal(who.told)
    const { state } = body.view
    return await answer({ ...presser, person: who.person, meta, state })
  } catch (error) {
    deps.runtime.log.error({ error }, 'a modal from Slack could not be worked on')
    return refusedModal(TROUBLE)
  }
}

export function faultsOf(read: FormReading<unknown>): Record<string, string> {
  return read.ok ? {} : read.errors
}
