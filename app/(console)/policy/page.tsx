import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { policyGaps } from '#lib/queries/people/current-policy'
import { policyView } from '#lib/queries/policy-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../_server/viewer'
import { ConsolePage } from '../console-page'
import { PolicyPage } from './policy-page'

export const metadata: Metadata = { title: 'Policy' }

export default async function Page() {
  const viewer = await requireViewer('/policy')
  const { runtime } = getWeb()
  const [page, policy, gaps] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    policyView(runtime, viewer),
    policyGaps(runtime),
  ])
  return (
    <ConsolePage page={page} current="/policy">
      <PolicyPage policy={policy} gaps={gaps} clock={page} />
    </ConsolePage>
  )
}
