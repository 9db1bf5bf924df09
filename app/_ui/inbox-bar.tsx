import type { InboxTab, InboxView } from '#lib/wire/views-inbox'
import { ListBar } from './list-bar'

const tabs: { id: InboxTab; label: string }[] = [
  { id: 'today', label: 'Today' },
  { id: 'open', label: 'Open' },
  { id: 'ready', label: 'Ready to run' },
  { id: 'closed', label: 'Closed' },
]

/** Views and filters of the inbox. */
export function InboxBar({ inbox, href = '/inbox' }: { inbox: InboxView; href?: string }) {
  return (
    <ListBar
      href={href}
      tabs={tabs.map((tab) => ({ ...tab, count: inbox.tabCounts[tab.id] }))}
      tab={inbox.tab}
      what="requests"
      placeholder="Goal, tool, request id"
      text={inbox.filter.text}
      selects={[
        {
          name: 'risk',
          label: 'Risk class',
          all: 'Any risk class',
          options: inbox.riskClasses.map((risk) => ({ value: risk.id, label: risk.label })),
          chosen: inbox.filter.risk,
        },
        {
          name: 'caller',
          label: 'Caller',
          all: 'Any caller',
          options: inbox.callers.map((caller) => ({ value: caller.id, label: caller.name })),
          chosen: inbox.filter.callerId,
        },
      ]}
    />
  )
}
