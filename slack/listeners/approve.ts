import type { App } from '@slack/bolt'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import { askToApprove } from './ask-to-approve'
import type { ListenerDeps } from './deps'
import { onPress } from './press'

/** Approve, or confirm: what would be signed, and the ways to sign it. Nothing is counted by it. */
export function register(app: App, deps: ListenerDeps): void {
  onPress(app, deps, { action: SLACK_ACTIONS.approve, title: 'Approve' }, ({ person, button }) =>
    askToApprove(deps, {
      requestId: button.request,
      personId: person.personId,
      messageId: button.message,
      shown: button.review,
    }),
  )
}
