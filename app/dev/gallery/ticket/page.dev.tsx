import type { Metadata } from 'next'
import { ConsoleFrame } from '../../../_ui/frame/console-frame'
import { RollbackPlanForm } from '../../../_ui/ticket/rollback-plan-form'
import { VoteBar } from '../../../_ui/vote/vote-bar'
import { TicketPage } from '../../../(console)/tickets/[id]/ticket-page'
import { navItems, openClock, page } from '../sample-frame'
import { openTicket } from '../sample-ticket'

export const metadata: Metadata = { title: openTicket.goal }

export default function TicketSample() {
  return (
    <ConsoleFrame
      page={page}
      items={navItems}
      current="/inbox"
      isWrapped={false}
      bar={<VoteBar vote={openTicket.vote} clock={openClock} signHref="/dev/gallery/sign" />}
    >
      <TicketPage
        ticket={openTicket}
        clock={openClock}
        slots={{
          evidenceForm: (form) => (
            <RollbackPlanForm
              action={`#attach-${form.type}`}
              people={form.people}
              values={{
                steps: [
                  'Drain eu-west and hold the queue',
                  'Point the router back at 2026.03.07',
                  'Undo migration 0142 with its down script',
                  'Check checkout error rate below 0.2 % for 10 min',
                ].join('\n'),
                owner: 'prs_aiko',
                minutes: '12',
                previous_version: '2026.03.07',
                tested: 'yes',
              }}
            />
          ),
        }}
      />
    </ConsoleFrame>
  )
}
