import type { App } from '@slack/bolt'
import { detailsModal } from '#lib/notify/slack/blocks/details-modal'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { modalView } from '#lib/queries/slack/modal-view'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import type { ListenerDeps } from './deps'
import { onPress } from './press'
import { NO_SUCH_REQUEST } from './told'

/** The whole request to read, open or ended, for anybody who is linked. */
export function register(app: App, deps: ListenerDeps): void {
  onPress(
    app,
    deps,
    { action: SLACK_ACTIONS.details, title: 'Details' },
    async ({ person: { personId }, button }) => {
      const view = await modalView(deps.runtime, { requestId: button.request, personId })
      return view
        ? detailsModal(view, { ...button, evidenceType: null })
        : refusedModal(NO_SUCH_REQUEST)
    },
  )
}
