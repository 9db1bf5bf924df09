import type { Metadata } from 'next'
import { insightsView } from '#lib/queries/insights/insights-view'
import { maySeeInsights } from '#lib/queries/insights/may-see'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { insightsQuery } from '#lib/wire/insights'
import { requireViewer } from '../../_server/viewer'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { PageHead } from '../../_ui/section'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { InsightsPage } from './insights-page'

export const metadata: Metadata = { title: 'Insights' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/insights${addressOf(asked)}`)
  const { runtime } = getWeb()
  const page = await pageView(runtime, { id: viewer.personId, name: viewer.name })
  const insights = maySeeInsights(viewer.roles)
    ? await insightsView(runtime, insightsQuery.parse(asked), Date.parse(page.now))
    : null
  return (
    <ConsolePage page={page} current="/insights">
      {insights ? (
        <InsightsPage insights={insights} clock={{ zone: page.zone, now: page.now }} />
      ) : (
        <ForOthers />
      )}
    </ConsolePage>
  )
}

function ForOthers() {
  return (
    <>
      <PageHead title="Insights" />
      <EmptyState
        title="Insights are for those who answer for policy"
        tone="past"
        actions={<ButtonLink href="/inbox">To the inbox</ButtonLink>}
      >
        <p>Admins, auditors and policy editors see how requests were decided, and how fast.</p>
      </EmptyState>
    </>
  )
}
