import type { Metadata } from 'next'
import { Suspense } from 'react'
import { inboxView } from '#lib/queries/inbox/inbox-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { inboxQuery } from '#lib/wire/inbox'
import type { PageView } from '#lib/wire/views-common'
import type { InboxView } from '#lib/wire/views-inbox'
import { FilterOnChange } from '../../_client/filter-on-change'
import { InboxKeys } from '../../_client/inbox-keys'
import { Live } from '../../_client/live'
import { requireViewer } from '../../_server/viewer'
import { PageHead } from '../../_ui/section'
import { Skeleton } from '../../_ui/skeleton'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { InboxPage } from './inbox-page'

export const metadata: Metadata = { title: 'Inbox' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/inbox${addressOf(asked)}`)
  const { runtime } = getWeb()
  const inbox = inboxView(runtime, viewer.personId, inboxQuery.parse(asked))
  const page = await pageView(runtime, { id: viewer.personId, name: viewer.name })
  return (
    <ConsolePage page={page} current="/inbox">
      <Suspense fallback={<Waiting />}>
        <Rows page={page} inbox={inbox} />
      </Suspense>
      <InboxKeys />
    </ConsolePage>
  )
}

async function Rows({ page, inbox }: { page: PageView; inbox: Promise<InboxView> }) {
  return (
    <>
      <InboxPage inbox={await inbox} clock={page} live={<Live readAt={page.now} />} />
      <FilterOnChange formId="filters" />
    </>
  )
}

function Waiting() {
  return (
    <>
      <PageHead title="Inbox" />
      <Skeleton rowCount={8} label="The inbox is being read" />
    </>
  )
}
