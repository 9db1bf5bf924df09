import type { Metadata } from 'next'
import { ConsoleFrame } from '../../_ui/frame/console-frame'
import { PageHead } from '../../_ui/section'
import { ApprovalParts } from './approval-parts'
import { ControlParts } from './control-parts'
import { DeliveryParts } from './delivery-parts'
import { FloatParts } from './float-parts'
import './gallery.css'
import { MaterialParts } from './material-parts'
import { RecordParts } from './record-parts'
import { navItems, page, releasedClock } from './sample-frame'
import { SignalParts } from './signal-parts'

export const metadata: Metadata = { title: 'Components' }

export default function Gallery() {
  return (
    <ConsoleFrame
      page={{
        ...page,
        ...releasedClock,
        audit: {
          entryCount: 41_241,
          sealedAt: '2026-03-16T11:31:11+01:00',
          witnessedAt: '2026-03-16T11:30:00+01:00',
        },
      }}
      items={navItems}
      current={null}
    >
      <PageHead title="Components">Two materials, three voices, one signal family.</PageHead>
      <MaterialParts />
      <SignalParts />
      <ControlParts />
      <ApprovalParts />
      <FloatParts />
      <DeliveryParts />
      <RecordParts />
    </ConsoleFrame>
  )
}
