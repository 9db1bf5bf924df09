import type { InboxTab, InboxView } from '#lib/wire/views/inbox'
import { Icon } from '../icon'
import { Unordered } from '../list'
import { ListBar, type ListSelect } from '../list-bar'
import { Sent } from '../sent'
import { inboxHref } from './inbox-href'
import { sortWords, stateWord, tabWords } from './inbox-words'

const tabs: InboxTab[] = ['today', 'needs_me', 'mine', 'open', 'ready', 'closed', 'all']

/** Views and filters of the inbox, and what it is narrowed to now, each to be cleared by itself. */
export function InboxBar({ inbox, href = '/inbox' }: { inbox: InboxView; href?: string }) {
  const counts: Partial<Record<InboxTab, number>> = inbox.tabCounts
  return (
    <>
      <ListBar
        href={href}
        tabs={tabs.map((id) => {
          const count = counts[id]
          return { id, label: tabWords[id], ...(count !== undefined && { count }) }
        })}
        tab={inbox.tab}
        what="requests"
        placeholder="Goal, tool, request id"
        text={inbox.filter.text}
        selects={selectsOf(inbox)}
        isWide
      />
      <Narrowed inbox={inbox} />
    </>
  )
}

function selectsOf({ filter, ...inbox }: InboxView): ListSelect[] {
  const same = (value: string) => ({ value, label: value })
  const state = {
    name: 'state',
    label: 'State',
    all: 'Any state',
    options: inbox.states.map((value) => ({ value, label: stateWord(value) })),
    chosen: filter.state,
  }
  return [
    ...(inbox.states.length > 0 ? [state] : []),
    {
      name: 'risk',
      label: 'Risk class',
      all: 'Any risk class',
      options: inbox.riskClasses.map((risk) => ({ value: risk.id, label: risk.label })),
      chosen: filter.risk,
    },
    {
      name: 'caller',
      label: 'Caller',
      all: 'Any caller',
      options: inbox.callers.map((caller) => ({ value: caller.id, label: caller.name })),
      chosen: filter.callerId,
    },
    {
      name: 'environment',
      label: 'Environment',
      all: 'Any environment',
      options: inbox.environments.map(same),
      chosen: filter.environment,
    },
    {
      name: 'sort',
      label: 'Order',
      options: inbox.sorts.map((value) => ({ value, label: sortWords[value] })),
      chosen: inbox.sort,
    },
  ]
}

function Narrowed({ inbox }: { inbox: InboxView }) {
  const { text, risk, callerId, environment, state } = inbox.filter
  const parts = [
    { is: 'Search', value: text, cleared: { text: '' } },
    { is: 'State', value: state && stateWord(state), cleared: { state: null } },
    {
      is: 'Risk class',
      value: inbox.riskClasses.find(({ id }) => id === risk)?.label ?? risk,
      cleared: { risk: null },
    },
    {
      is: 'Caller',
      value: inbox.callers.find(({ id }) => id === callerId)?.name ?? callerId,
      cleared: { callerId: null },
    },
    { is: 'Environment', value: environment, cleared: { environment: null } },
  ].filter(({ value }) => value)
  if (parts.length === 0) return null
  return (
    <Unordered className="narrowed" aria-label="Narrowed to">
      {parts.map(({ is, value, cleared }) => (
        <li key={is}>
          <a href={inboxHref(inbox, { filter: cleared })}>
            <span className="vh">Clear </span>
            {is}:{' '}
            <span className="tool">
              <Sent text={value ?? ''} />
            </span>
            <Icon name="close" />
          </a>
        </li>
      ))}
      {parts.length > 1 && (
        <li>
          <a href={`/inbox?view=${inbox.tab}`}>Clear all</a>
        </li>
      )}
    </Unordered>
  )
}
