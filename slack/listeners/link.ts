import type { App, BlockAction } from '@slack/bolt'
import { doneModal, loadingModal } from '#lib/notify/slack/blocks/modal'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import type { ListenerDeps } from './deps'
import { showView } from './press'
import { identify, presserOf } from './who'

/** "Link your account" on the app's home; and buttons that only open a page, of which Slack tells too. */
export function register(app: App, deps: ListenerDeps): void {
  app.action<BlockAction>(
    { type: 'block_actions', action_id: SLACK_ACTIONS.link },
    async ({ ack, body }) => {
      await ack()
      const view = loadingModal('Link your account')
      const opened = await deps.slack.openView({ triggerId: body.trigger_id, view })
      if (!opened.ok) return
      const who = await identify(deps, presserOf(body))
      const told = who.isKnown
        ? doneModal({ title: 'Linked', text: alreadyText(who.person) })
        : refusedModal(who.told)
      await showView(deps, opened.value.viewId, told)
    },
  )
  app.action({ type: 'block_actions', action_id: /^open(_evidence)?$/ }, async ({ ack }) => {
    await ack()
  })
}

export function alreadyText({ name }: { name: string }): string {
  return `You are linked to ${name} already. To end that, send /countersign unlink.`
}
