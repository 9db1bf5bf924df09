import { installWorkspace } from '#lib/commands/slack/workspace/install-workspace'
import { getWeb } from '#lib/web'
import type { InstallOutcome } from '#lib/wire/slack/install'
import { currentViewer } from '../../_server/viewer'

/**
 * Slack sends the admin back with a code. The one GET that changes something: OAuth has it so, and the state, which opens
 * once and in the session that began, stands in for the origin of a form.
 */
export async function GET(request: Request): Promise<Response> {
  const viewer = await currentViewer()
  if (!viewer) return seeOther('/sign-in?from=%2Fslack')
  const sent = new URL(request.url).searchParams
  const [code, state] = [sent.get('code'), sent.get('state')]
  if (!code || !state) return toPage('cancelled')
  const { runtime } = getWeb()
  try {
    return toPage(await installWorkspace(runtime, { session: viewer, code, state }))
  } catch (error) {
    runtime.log.error({ error }, 'an installation of the Slack app failed')
    return toPage('unreachable')
  }
}

function toPage(outcome: InstallOutcome): Response {
  return seeOther(`/slack?installed=${outcome}`)
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}
