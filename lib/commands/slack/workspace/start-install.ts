import { MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Runtime } from '#lib/runtime'
import { SLACK_SCOPES } from '#lib/wire/slack/install'
import { isAdmin } from './is-admin'

export interface InstallingSession {
  sessionId: string
  personId: string
}

const STATE_PURPOSE = 'slack install'
const STATE_MS = 10 * MINUTE_MS

/** Where an admin is sent to install the app. Writes nothing: the state travels sealed, and opens in this session alone. */
export async function startInstall(
  runtime: Pick<Runtime, 'db' | 'config' | 'sealer' | 'now'>,
  session: InstallingSession,
): Promise<Result<{ url: string }>> {
  const { slack } = runtime.config
  if (!slack?.client) {
    return refuse('not_found', {
      detail: 'SLACK_CLIENT_ID is not set, so nothing is installed here.',
    })
  }
  if (!(await isAdmin(runtime.db, session.personId))) {
    return refuse('forbidden', { detail: 'Only an admin may install the app.' })
  }
  const expiresAt = String(runtime.now() + STATE_MS)
  const url = new URL('/oauth/v2/authorize', slack.apiUrl)
  url.search = new URLSearchParams({
    client_id: slack.client.id,
    scope: SLACK_SCOPES.join(','),
    redirect_uri: installRedirect(runtime.config),
    state: runtime.sealer.seal(STATE_PURPOSE, session.sessionId, Buffer.from(expiresAt)),
  }).toString()
  return ok({ url: url.href })
}

/** Where Slack sends the admin back to; must be one of the app's redirect URLs. */
export function installRedirect({ publicUrl }: { publicUrl: string }): string {
  return `${publicUrl}/slack/oauth`
}

/** Whether this session began the installation that Slack came back with, and not long ago. */
export function isStateOf(
  { sealer, now }: Pick<Runtime, 'sealer' | 'now'>,
  { sessionId }: InstallingSession,
  state: string,
): boolean {
  try {
    const expiresAt = Buffer.from(sealer.open(STATE_PURPOSE, sessionId, state)).toString()
    return Number(expiresAt) > now()
  } catch {
    // Sealed for another session, by another secret, or never.
    return false
  }
}
