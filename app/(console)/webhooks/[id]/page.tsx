import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isId } from '#lib/core/ids'
import { pageView } from '#lib/queries/page-view'
import { endpointView } from '#lib/queries/webhook/endpoint-view'
import { getWeb } from '#lib/web'
import { endpointQuery } from '#lib/wire/webhooks'
import { requireViewer } from '../../../_server/viewer'
import { addressOf } from '../../address-of'
import { ConsolePage } from '../../console-page'
import { EndpointPage } from './endpoint-page'

interface Props {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** One read for the page and its title. What a viewer may not know of is not found, like what is not there. */
const readEndpoint = cache(async (endpointId: string, address: string) => {
  const viewer = await requireViewer(`/webhooks/${endpointId}${address}`)
  if (!isId('whe', endpointId)) notFound()
  const { runtime } = getWeb()
  const query = endpointQuery.parse(Object.fromEntries(new URLSearchParams(address)))
  const [page, endpoint] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    endpointView(runtime, viewer, { endpointId, query }),
  ])
  if (!endpoint) notFound()
  return { page, endpoint }
})

async function readAsked({ params, searchParams }: Props) {
  return await readEndpoint((await params).id, addressOf(await searchParams))
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { endpoint } = await readAsked(props)
  return { title: `Webhook to ${endpoint.host}` }
}

export default async function Page(props: Props) {
  const { page, endpoint } = await readAsked(props)
  return (
    <ConsolePage page={page} current="/webhooks">
      <EndpointPage endpoint={endpoint} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
