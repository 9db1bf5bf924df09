import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { deliveriesView } from '#lib/queries/slack/deliveries-view'
import { getWeb } from '#lib/web'
import { deliveriesQuery } from '#lib/wire/deliveries'
import { FilterOnChange } from '../../_client/filter-on-change'
import { Live } from '../../_client/live'
import { requireViewer } from '../../_server/viewer'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { DeliveriesPage } from './deliveries-page'

export const metadata: Metadata = { title: 'Deliveries' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/deliveries${addressOf(asked)}`)
  const { runtime } = getWeb()
  const [page, deliveries] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    deliveriesView(runtime, viewer, deliveriesQuery.parse(asked)),
  ])
  return (
    <ConsolePage page={page} current="/deliveries">
      <DeliveriesPage
        deliveries={deliveries}
        clock={{ zone: page.zone, now: page.now }}
        live={<Live readAt={page.now} />}
      />
      <FilterOnChange formId="filters" />
    </ConsolePage>
  )
}
