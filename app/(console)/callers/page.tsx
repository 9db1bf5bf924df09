import type { Metadata } from 'next'
import { callersView } from '#lib/queries/callers/callers-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { callersQuery } from '#lib/wire/callers'
import { requireViewer } from '../../_server/viewer'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { CallersPage } from './callers-page'

export const metadata: Metadata = { title: 'Callers' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/callers${addressOf(asked)}`)
  const { runtime } = getWeb()
  const [page, callers] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    callersView(runtime, viewer, callersQuery.parse(asked)),
  ])
  return (
    <ConsolePage page={page} current="/callers">
      <CallersPage callers={callers} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
