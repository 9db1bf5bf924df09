const SLACK_HOOKS = 'https://hooks.slack.com'
const SLACK = 'https://slack.com'

/**
 * Whether an address that came with a click or command is one that Slack makes for answers in our workspace. Whoever holds
 * the signing secret can put any address into a body: one of another workspace, or an incoming webhook of their own, would
 * be sent what only the presser may see.
 *
 * @param teamId null: no workspace is known
 */
export function isAnswerAddress(
  address: string,
  { apiUrl, teamId }: { apiUrl: string; teamId: string | null },
): boolean {
  if (!URL.canParse(address)) return false
  const { origin, pathname, username, password } = new URL(address)
  if (username !== '' || password !== '') return false
  const api = new URL(apiUrl).origin
  // In the place of Slack there is an emulator, which makes its own.
  if (origin === api) return api !== SLACK
  const [, kind, team, ...rest] = pathname.split('/')
  return (
    origin === SLACK_HOOKS &&
    (kind === 'commands' || kind === 'actions') &&
    teamId !== null &&
    team === teamId &&
    rest.length > 0 &&
    rest.every((part) => /^[\w-]+$/.test(part))
  )
}
