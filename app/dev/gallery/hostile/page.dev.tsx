import type { Metadata } from 'next'
import { ConsoleFrame } from '../../../_ui/frame/console-frame'
import { revealText } from '../../../_ui/reveal'
import { VoteBar } from '../../../_ui/vote/vote-bar'
import { TicketPage } from '../../../(console)/tickets/[id]/ticket-page'
import { navItems, openClock, page } from '../sample-frame'
import { hostileTicket } from '../sample-hostile'

export const metadata: Metadata = { title: revealText(hostileTicket.goal).slice(0, 80) }

/** What the look does with a caller that lies, hides and rambles. */
export default function HostileSample() {
  return (
    <ConsoleFrame
      page={page}
      items={navItems}
      current="/inbox"
      isWrapped={false}
      bar={<VoteBar vote={hostileTicket.vote} clock={openClock} signHref="/dev/gallery/sign" />}
    >
      <TicketPage ticket={hostileTicket} clock={openClock} />
    </ConsoleFrame>
  )
}
