import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { isId } from '#lib/core/ids'
import { pageView } from '#lib/queries/page-view'
import { deliveryView } from '#lib/queries/webhook/delivery-view'
import { getWeb } from '#lib/web'
import { isDeliveryId } from '#lib/wire/webhooks'
import { requireViewer } from '../../../../_server/viewer'
import { ConsolePage } from '../../../console-page'
import { DeliveryPage } from './delivery-page'

export const metadata: Metadata = { title: 'Webhook delivery' }

export default async function Page({
  params,
}: {
  params: Promise<{ id: string; deliveryId: string }>
}) {
  const { id: endpointId, deliveryId } = await params
  const viewer = await requireViewer(`/webhooks/${endpointId}/${deliveryId}`)
  if (!isId('whe', endpointId) || !isDeliveryId(deliveryId)) notFound()
  const { runtime } = getWeb()
  const [page, delivery] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    deliveryView(runtime, viewer, { endpointId, deliveryId }),
  ])
  if (!delivery) notFound()
  return (
    <ConsolePage page={page} current="/webhooks">
      <DeliveryPage delivery={delivery} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
