import type { Metadata } from 'next'
import { BatchHint } from '../../../_client/inbox/batch-reject'
import { ConsoleFrame } from '../../../_ui/frame/console-frame'
import { InboxPage } from '../../../(console)/inbox/inbox-page'
import { navItems, openClock, page } from '../sample-frame'
import { inbox } from '../sample-inbox'

export const metadata: Metadata = { title: 'Inbox' }

export default function InboxSample() {
  return (
    <ConsoleFrame page={page} items={navItems} current="/inbox">
      <InboxPage inbox={inbox} clock={openClock} cursorId="QSTZ" batchReject={<BatchHint />} />
    </ConsoleFrame>
  )
}
