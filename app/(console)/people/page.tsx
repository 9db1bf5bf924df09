import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { peopleView } from '#lib/queries/people/people-view'
import { getWeb } from '#lib/web'
import { peopleQuery } from '#lib/wire/people'
import { requireViewer } from '../../_server/viewer'
import { addressOf } from '../address-of'
import { ConsolePage } from '../console-page'
import { PeoplePage } from './people-page'

export const metadata: Metadata = { title: 'People' }

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const viewer = await requireViewer(`/people${addressOf(asked)}`)
  const { runtime } = getWeb()
  const [page, people] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    peopleView(runtime, viewer, peopleQuery.parse(asked)),
  ])
  return (
    <ConsolePage page={page} current="/people">
      <PeoplePage people={people} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
