import type { InboxTab, InboxView } from '#lib/wire/views-inbox'
import { Icon } from './icon'
import { countText } from './number-words'

const tabs: { id: InboxTab; label: string }[] = [
  { id: 'today', label: 'Today' },
  { id: 'open', label: 'Open' },
  { id: 'ready', label: 'Ready to run' },
  { id: 'closed', label: 'Closed' },
]

/** Views and filters. Both live in the address, so a list can be sent to a colleague. */
export function InboxBar({ inbox, href = '/inbox' }: { inbox: InboxView; href?: string }) {
  return (
    <div className="bar">
      <nav className="tabs" aria-label="Views">
        {tabs.map((tab) => (
          <a
            key={tab.id}
            href={`${href}?${viewQuery(inbox, tab.id)}`}
            aria-current={tab.id === inbox.tab ? 'page' : undefined}
          >
            {tab.label} <span className="count">{countText(inbox.tabCounts[tab.id])}</span>
          </a>
        ))}
      </nav>
      <search>
        <form
          className="filters"
          id="filters"
          method="get"
          action={href}
          aria-label="Filter requests"
        >
          <input type="hidden" name="view" value={inbox.tab} />
          <div className="search">
            <Icon name="search" />
            <input
              className="input"
              type="search"
              name="q"
              placeholder="Goal, tool, request id"
              aria-label="Search requests"
              defaultValue={inbox.filter.text}
            />
          </div>
          <FilterSelect
            name="risk"
            label="Risk class"
            all="Any risk class"
            options={inbox.riskClasses.map((risk) => ({ value: risk.id, label: risk.label }))}
            chosen={inbox.filter.risk}
          />
          <FilterSelect
            name="caller"
            label="Caller"
            all="Any caller"
            options={inbox.callers.map((caller) => ({ value: caller.id, label: caller.name }))}
            chosen={inbox.filter.callerId}
          />
          <a className="btn only-narrow" href="#filters">
            Filter
          </a>
          <button className="btn small go-search" type="submit">
            Search
          </button>
        </form>
      </search>
    </div>
  )
}

function FilterSelect({
  name,
  label,
  all,
  options,
  chosen,
}: {
  name: string
  label: string
  all: string
  options: readonly { value: string; label: string }[]
  chosen: string | null
}) {
  return (
    <select className="select" name={name} aria-label={label} defaultValue={chosen ?? ''}>
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

/** The address of another view under the same filters. */
function viewQuery(inbox: InboxView, tab: InboxTab): string {
  const query = new URLSearchParams({ view: tab })
  if (inbox.filter.text) query.set('q', inbox.filter.text)
  if (inbox.filter.risk) query.set('risk', inbox.filter.risk)
  if (inbox.filter.callerId) query.set('caller', inbox.filter.callerId)
  return query.toString()
}
