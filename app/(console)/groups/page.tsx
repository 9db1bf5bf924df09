import type { Metadata } from 'next'
import { groupsView } from '#lib/queries/groups/groups-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../_server/viewer'
import { ConsolePage } from '../console-page'
import { GroupsPage } from './groups-page'

export const metadata: Metadata = { title: 'Groups' }

export default async function Page() {
  const viewer = await requireViewer('/groups')
  const { runtime } = getWeb()
  const [page, groups] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    groupsView(runtime, viewer),
  ])
  return (
    <ConsolePage page={page} current="/people">
      <GroupsPage groups={groups} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
