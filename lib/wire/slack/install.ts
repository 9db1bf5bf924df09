/** What an installation may do in a workspace; slack/manifest.json asks for the same. */
export const SLACK_SCOPES = [
  'chat:write',
  'commands',
  'im:write',
  'links:read',
  'links:write',
  'users:read',
] as const

/** How an installation from the console ended, as /slack?installed= says it, and in words. */
export const INSTALL_OUTCOMES = {
  done: 'Countersign is installed. Cards go where the routing below says.',
  cancelled: 'The installation was cancelled in Slack. Nothing changed.',
  state:
    'The installation was begun in another session, used before or took too long. Begin again.',
  forbidden: 'Only an admin may install the app. Nothing changed.',
  enterprise_wide:
    'Countersign works in one workspace, and the whole organisation was chosen. Install it again and choose one workspace.',
  other_app: 'Slack installed another app than SLACK_APP_ID names. Check the settings.',
  other_workspace:
    'Countersign is installed in another workspace already. Remove it there first, then install again.',
  unreachable: 'Slack could not be reached. Try again in a minute.',
  refused: 'Slack refused the installation. Check SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.',
} as const

export type InstallOutcome = keyof typeof INSTALL_OUTCOMES
