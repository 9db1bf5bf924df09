import type { App } from '@slack/bolt'
import { rejectModal } from '#lib/notify/slack/blocks/reject-modal'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import type { ListenerDeps } from './deps'
import { onPress } from './press'
import { readVotable } from './votable'

/** Reject: why. Stopping stays easy, so no second factor is asked for. */
export function register(app: App, deps: ListenerDeps): void {
  onPress(
    app,
    deps,
    { action: SLACK_ACTIONS.reject, title: 'Reject' },
    async ({ person, button: { request: requestId, message } }) => {
      const votable = await readVotable(deps, { requestId, personId: person.personId })
      if (!votable.isVotable) return votable.modal
      const review = votable.view.review?.digest ?? null
      return rejectModal(votable.view, { request: requestId, review, message, evidenceType: null })
    },
  )
}
