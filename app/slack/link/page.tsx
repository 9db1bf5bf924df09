import type { Metadata } from 'next'
import { getWeb } from '#lib/web'
import { currentViewer } from '../../_server/viewer'
import { Sheet } from '../../(auth)/sheet'
import { LinkSlack } from './link-slack'

export const metadata: Metadata = { title: 'Link your Slack user' }

/** The secret is in the fragment, which no browser sends: opening this page uses nothing up. */
export default async function Page() {
  const viewer = await currentViewer()
  return (
    <Sheet
      organisation={getWeb().runtime.installation.name}
      title="Link your Slack user"
      lead="What it does in Slack will count as done by you."
    >
      <LinkSlack signedInName={viewer?.name ?? null} />
    </Sheet>
  )
}
