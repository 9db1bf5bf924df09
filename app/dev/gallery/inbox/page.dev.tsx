import type { Metadata } from 'next'
import { Button } from '../../../_ui/button'
import { ConsoleFrame } from '../../../_ui/console-frame'
import { InboxPage } from '../../../(console)/inbox/inbox-page'
import { navItems, openClock, page } from '../sample-frame'
import { inbox } from '../sample-inbox'

export const metadata: Metadata = { title: 'Inbox' }

export default function InboxSample() {
  return (
    <ConsoleFrame page={page} items={navItems} current="/inbox">
      <InboxPage
        inbox={inbox}
        clock={openClock}
        cursorId="QSTZ"
        batchReject={
          <>
            <Button size="small" disabled>
              Reject selected
            </Button>
            <span className="hint">
              Select rows to reject them together. Approving is one at a time.
            </span>
          </>
        }
      />
    </ConsoleFrame>
  )
}
