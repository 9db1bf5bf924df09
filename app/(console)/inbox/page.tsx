import type { Metadata } from 'next'
import { Suspense } from 'react'
import { inboxView } from '#lib/queries/inbox/inbox-view'
import { pageView } from '#lib/queries/page-view'
import { rejectReasons } from '#lib/queries/ticket/vote-bar-view'
import { getWeb } from '#lib/web'
import { inboxQuery } from '#lib/wire/inbox'
import type { PageView } from '#lib/wire/views-common'
import type { InboxView } from '#lib/wire/views-inbox'
import { BatchHint, BatchReject } from '../../_client/batch-reject'
import { FilterOnChange } from '../../_client/filter-on-change'
import { InboxKeys } from '../../_client/inbox-keys'
import { Live } from '../../_client/live'
import { type Picked, SelectionArea } from '../../_client/selection'
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

async function Rows({ page, inbox: read }: { page: PageView; inbox: Promise<InboxView> }) {
  const inbox = await read
  const canSelect = inbox.tab !== 'ready' && inbox.tab !== 'closed'
  return (
    <SelectionArea rows={selectable(inbox)}>
      <InboxPage
        inbox={inbox}
        clock={page}
        live={<Live readAt={page.now} />}
        batchReject={canSelect && <BatchHint />}
      />
      {canSelect && (
        <BatchReject reasons={rejectReasons} clock={{ zone: page.zone, now: page.now }} />
      )}
      <FilterOnChange formId="filters" />
    </SelectionArea>
  )
}

function selectable({ sections }: InboxView): Picked[] {
  return sections.flatMap(({ rows }) =>
    rows.filter(({ canReject }) => canReject).map(({ requestId, goal }) => ({ requestId, goal })),
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
