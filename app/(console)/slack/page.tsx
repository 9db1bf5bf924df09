import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { slackView } from '#lib/queries/slack/slack-view'
import { getWeb } from '#lib/web'
import { INSTALL_OUTCOMES, type InstallOutcome } from '#lib/wire/slack/install'
import { slackPageQuery } from '#lib/wire/slack/setup'
import { ForgetQuery } from '../../_client/forget-query'
import { requireViewer } from '../../_server/viewer'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { PageHead } from '../../_ui/section'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { NotSetUp } from './not-set-up'
import { SlackPage } from './slack-page'

export const metadata: Metadata = { title: 'Slack' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/slack${addressOf(asked)}`)
  const { runtime } = getWeb()
  const { installed, from } = slackPageQuery.parse(asked)
  const isAdmin = viewer.roles.includes('admin')
  const [page, slack] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    isAdmin ? slackView(runtime, from) : null,
  ])
  const outcome = installed !== null && isOutcome(installed) ? installed : null
  return (
    <ConsolePage page={page} current="/slack">
      <ForgetQuery name="installed" value={outcome} />
      {!isAdmin && <ForAdmins />}
      {isAdmin && slack === null && <NotSetUp publicUrl={runtime.config.publicUrl} />}
      {slack && (
        <SlackPage slack={slack} outcome={outcome} clock={{ zone: page.zone, now: page.now }} />
      )}
    </ConsolePage>
  )
}

function isOutcome(text: string): text is InstallOutcome {
  return Object.hasOwn(INSTALL_OUTCOMES, text)
}

function ForAdmins() {
  return (
    <>
      <PageHead title="Slack" />
      <EmptyState
        title="Admins set Slack up"
        tone="past"
        actions={<ButtonLink href="/account#slack">Your own Slack user</ButtonLink>}
      >
        <p>Which channel hears of what, and in which workspace, is theirs to say.</p>
      </EmptyState>
    </>
  )
}
