import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { queuesView } from '#lib/queries/queues/queues-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../_server/viewer'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { PageHead } from '../../_ui/section'
import { ConsolePage } from '../console-page'
import { QueuesPage } from './queues-page'

export const metadata: Metadata = { title: 'Queues' }

export default async function Page() {
  const viewer = await requireViewer('/queues')
  const { runtime, queues: desk } = getWeb()
  const isAdmin = viewer.roles.includes('admin')
  const [page, queues] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    isAdmin ? desk.read().then((jobs) => queuesView(runtime, jobs)) : null,
  ])
  return (
    <ConsolePage page={page} current="/queues">
      {queues ? (
        <QueuesPage queues={queues} clock={{ zone: page.zone, now: page.now }} />
      ) : (
        <ForAdmins />
      )}
    </ConsolePage>
  )
}

function ForAdmins() {
  return (
    <>
      <PageHead title="Queues" />
      <EmptyState
        title="Admins look after the queues"
        tone="past"
        actions={<ButtonLink href="/inbox?view=open">Open requests</ButtonLink>}
      >
        <p>What waits for people is in the inbox.</p>
      </EmptyState>
    </>
  )
}
