import type { SlackFaultView } from '#lib/wire/views/deliveries'

/** Whether there is a workspace to speak to: of one that was removed the row stays, without a token. */
export function isInstalled<Row extends { sealedBotToken: string }>(
  workspace: Row | null,
): workspace is Row {
  return workspace !== null && workspace.sealedBotToken !== ''
}

/** What keeps every call to Slack from being answered; null while they are. Where the app was removed in Slack it says so. */
export function faultOf(
  workspace: { fault: string | null; faultAt: Date | null } | null,
): SlackFaultView | null {
  if (!workspace?.fault || !workspace.faultAt) return null
  return { why: workspace.fault, since: workspace.faultAt.toISOString() }
}
