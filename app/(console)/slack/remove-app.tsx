'use client'

import { DeedDialog } from '../../_client/deed-dialog'
import { removeApp } from './actions'

/** Takes the app out of the workspace. */
export function RemoveApp({
  teamName,
  isFromEnvironment,
  onDone,
}: {
  teamName: string
  /** It would come back with the next start. */
  isFromEnvironment: boolean
  onDone: (text: string) => void
}) {
  return (
    <DeedDialog
      id="remove-app"
      kind="quiet"
      label="Remove the app"
      title={`Remove Countersign from ${teamName}?`}
      keepLabel="Keep it"
      reason={null}
      act={async () => {
        const told = await removeApp()
        if (told?.ok) onDone(told.text)
        return told
      }}
    >
      Its token is revoked in Slack and forgotten here. Nobody is told of held requests any more and
      no button there works; links of people stay, and voting in the console works as ever.
      {isFromEnvironment && ' Take SLACK_BOT_TOKEN away too: the next start reads it again.'}
    </DeedDialog>
  )
}
