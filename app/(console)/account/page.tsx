import type { Metadata } from 'next'
import { accountView } from '#lib/queries/account/account-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../_server/viewer'
import { ConsolePage } from '../console-page'
import { AccountPage } from './account-page'

export const metadata: Metadata = { title: 'Your account' }

export default async function Page() {
  const viewer = await requireViewer('/account')
  const { runtime } = getWeb()
  const [page, account] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    accountView(runtime, viewer),
  ])
  return (
    <ConsolePage page={page} current="/account">
      <AccountPage account={account} clock={page} />
    </ConsolePage>
  )
}
