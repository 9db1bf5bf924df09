import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { webhooksView } from '#lib/queries/webhook/webhooks-view'
import { getWeb } from '#lib/web'
import { webhooksQuery } from '#lib/wire/webhooks'
import { requireViewer } from '../../_server/viewer'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { WebhooksPage } from './webhooks-page'

export const metadata: Metadata = { title: 'Webhooks' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/webhooks${addressOf(asked)}`)
  const { runtime } = getWeb()
  const [page, webhooks] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    webhooksView(runtime, viewer, webhooksQuery.parse(asked)),
  ])
  return (
    <ConsolePage page={page} current="/webhooks">
      <WebhooksPage webhooks={webhooks} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
