import type { Metadata } from 'next'
import { inboxView } from '#lib/queries/inbox/inbox-view'
import { pageView } from '#lib/queries/page-view'
import { rejectReasons } from '#lib/queries/ticket/vote-bar-view'
import { getWeb } from '#lib/web'
import { inboxQuery } from '#lib/wire/inbox'
import type { PageView } from '#lib/wire/views/common'
import type { InboxView } from '#lib/wire/views/inbox'
import { FilterOnChange } from '../../_client/filter-on-change'
import { BatchHint, BatchReject } from '../../_client/inbox/batch-reject'
import { InboxKeys } from '../../_client/inbox/inbox-keys'
import { type Picked, SelectionArea } from '../../_client/inbox/selection'
import { Live } from '../../_client/live'
import { requireViewer } from '../../_server/viewer'
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
  // Sent as one: what is streamed later is shown by script alone.
  const [inbox, page] = await Promise.all([
    inboxView(runtime, viewer.personId, inboxQuery.parse(asked)),
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
  ])
  return (
    <ConsolePage page={page} current="/inbox">
      <Rows page={page} inbox={inbox} />
      <InboxKeys />
    </ConsolePage>
  )
}

function Rows({ page, inbox }: { page: PageView; inbox: InboxView }) {
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
