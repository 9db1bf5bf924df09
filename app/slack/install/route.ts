import { startInstall } from '#lib/commands/slack/workspace/start-install'
import { getWeb } from '#lib/web'
import { currentViewer } from '../../_server/viewer'

/** Sends an admin to Slack to install the app. Nothing changes here until Slack sends them back. */
export async function GET(): Promise<Response> {
  const viewer = await currentViewer()
  if (!viewer) return seeOther('/sign-in?from=%2Fslack')
  const started = await startInstall(getWeb().runtime, viewer)
  if (started.ok) return seeOther(started.value.url)
  return started.refusal.code === 'forbidden'
    ? seeOther('/slack?installed=forbidden')
    : new Response('The app is not installed from here.', { status: 404 })
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}
