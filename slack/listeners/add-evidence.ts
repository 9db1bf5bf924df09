import type { App, BlockAction } from '@slack/bolt'
import type { ModalView as SlackModal } from '@slack/types'
import { evidenceModal } from '#lib/notify/slack/blocks/evidence-modal'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { modalView } from '#lib/queries/slack/modal-view'
import { type ButtonValue, SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import { isSlackEvidenceType, type SlackEvidenceType } from '#lib/wire/slack/forms'
import type { ModalView } from '#lib/wire/views/slack'
import type { ListenerDeps } from './deps'
import { onPress, showView } from './press'
import { metaOf } from './submit'
import { NO_SUCH_REQUEST, TROUBLE } from './told'
import { keepingTyped, typedFor, typedSoFar } from './typed-evidence'
import { identify, presserOf } from './who'

/** Add evidence, and the choice of another type in the modal that it opens. */
export function register(app: App, deps: ListenerDeps): void {
  onPress(
    app,
    deps,
    { action: SLACK_ACTIONS.addEvidence, title: 'Add evidence' },
    ({ person, button }) =>
      formFor(deps, { button, personId: person.personId, type: null, typed: {} }),
  )
  app.action<BlockAction>(
    { type: 'block_actions', action_id: SLACK_ACTIONS.evidenceType },
    async ({ ack, body, action }) => {
      await ack()
      const chosen = action.type === 'static_select' ? action.selected_option.value : ''
      const button = metaOf(body.view?.private_metadata)
      if (!body.view || !button || !isSlackEvidenceType(chosen)) return
      const typed = typedSoFar(button, body.view.state)
      const choice = { button, type: chosen, typed }
      await showView(deps, body.view.id, await chosenForm(deps, body, choice))
    },
  )
}

interface FormToShow {
  button: ButtonValue
  personId: string
  /** Null: of what is missing. */
  type: SlackEvidenceType | null
  /** By block. */
  typed: Readonly<Record<string, string>>
}

async function chosenForm(
  deps: ListenerDeps,
  body: BlockAction,
  choice: Omit<FormToShow, 'personId'>,
): Promise<SlackModal> {
  try {
    const who = await identify(deps, presserOf(body))
    if (!who.isKnown) return refusedModal(who.told)
    return await formFor(deps, { ...choice, personId: who.person.personId })
  } catch (error) {
    deps.runtime.log.error({ error }, 'a form for Slack could not be read')
    return refusedModal(TROUBLE)
  }
}

async function formFor({ runtime }: ListenerDeps, ask: FormToShow): Promise<SlackModal> {
  const { button, personId } = ask
  const view = await modalView(runtime, { requestId: button.request, personId })
  if (!view) return refusedModal(NO_SUCH_REQUEST)
  if (view.state !== 'open') return refusedModal({ ...ENDED, url: view.ticketUrl })
  const type = ask.type ?? firstMissing(view)
  if (type === null) return refusedModal({ ...IN_CONSOLE, url: view.ticketUrl })
  const { request, message } = button
  const review = view.review?.digest ?? null
  const meta = keepingTyped({ request, review, message, evidenceType: type }, type, ask.typed)
  return evidenceModal(view, meta, type, typedFor(type, ask.typed))
}

/** What the checklist asks for comes first. Null: it asks only for what has no form in Slack. */
function firstMissing({ evidenceForms }: ModalView): SlackEvidenceType | null {
  const types = evidenceForms.map(({ type }) => type)
  return types.find(isSlackEvidenceType) ?? (types.length === 0 ? 'note' : null)
}

const ENDED = {
  title: 'It is no longer open',
  text: 'Nothing can be attached to it any more. Nothing was recorded.',
}

const IN_CONSOLE = {
  title: 'What is missing is attached in the console',
  text: 'Slack has forms for a rollback plan, a change record and a note. Open the request in the console for the rest.',
}
