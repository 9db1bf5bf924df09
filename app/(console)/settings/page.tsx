import type { Metadata } from 'next'
import { pageView } from '#lib/queries/page-view'
import { settingsView } from '#lib/queries/settings/settings-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../_server/viewer'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { PageHead } from '../../_ui/section'
import { ConsolePage } from '../console-page'
import { SettingsPage } from './settings-page'

export const metadata: Metadata = { title: 'Settings' }

export default async function Page() {
  const viewer = await requireViewer('/settings')
  const { runtime } = getWeb()
  const [page, settings] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    viewer.roles.includes('admin') ? settingsView(runtime, viewer) : null,
  ])
  return (
    <ConsolePage page={page} current="/settings">
      {settings ? (
        <SettingsPage settings={settings} clock={{ zone: page.zone, now: page.now }} />
      ) : (
        <ForAdmins />
      )}
    </ConsolePage>
  )
}

function ForAdmins() {
  return (
    <>
      <PageHead title="Settings" />
      <EmptyState
        title="Admins look after the settings"
        tone="past"
        actions={<ButtonLink href="/account">Your own account</ButtonLink>}
      >
        <p>
          Signing keys, how long evidence is kept and how the parts are doing are theirs to see.
        </p>
      </EmptyState>
    </>
  )
}
