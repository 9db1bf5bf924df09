import type { Metadata } from 'next'
import { auditView } from '#lib/queries/audit/audit-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { auditQuery } from '#lib/wire/audit'
import { FilterOnChange } from '../../_client/filter-on-change'
import { requireViewer } from '../../_server/viewer'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { PageHead } from '../../_ui/section'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { AuditPage } from './audit-page'
import { mayRead } from './may-read'

export const metadata: Metadata = { title: 'Audit' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/audit${addressOf(asked)}`)
  const { runtime } = getWeb()
  const [page, audit] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    mayRead(viewer) ? auditView(runtime, auditQuery.parse(asked)) : null,
  ])
  return (
    <ConsolePage page={page} current="/audit">
      {audit ? (
        <>
          <AuditPage audit={audit} clock={{ zone: page.zone, now: page.now }} />
          <FilterOnChange formId="filters" />
        </>
      ) : (
        <ForReaders />
      )}
    </ConsolePage>
  )
}

function ForReaders() {
  return (
    <>
      <PageHead title="Audit" />
      <EmptyState
        title="The audit trail is for admins and auditors"
        tone="past"
        actions={<ButtonLink href="/inbox">To the inbox</ButtonLink>}
      >
        <p>
          Of each ticket you may see, its record is on its page, and can be downloaded and verified.
        </p>
      </EmptyState>
    </>
  )
}
