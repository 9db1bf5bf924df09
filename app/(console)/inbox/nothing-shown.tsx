import { type InboxTab, type InboxView, MOST_SEARCHED } from '#lib/wire/views/inbox'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { inboxHref } from '../../_ui/inbox/inbox-href'
import { counted, countText } from '../../_ui/number-words'
import type { HoldTone } from '../../_ui/states'

const FIRST_CALL =
  'curl -H "Authorization: Bearer $AGENT_KEY" --json @deploy.json $COUNTERSIGN_URL/v1/requests'

/** Why a list is empty, and where to go from there. */
export function NothingShown({ inbox }: { inbox: InboxView }) {
  if (inbox.isFresh) {
    return (
      <EmptyState title="No requests yet" tone="past">
        <p>Register a caller, then send its first contract:</p>
        <pre className="bytes">{FIRST_CALL}</pre>
      </EmptyState>
    )
  }
  if (inbox.backCursor !== null) {
    return (
      <EmptyState
        title="Nothing further"
        tone="past"
        actions={<ButtonLink href={inboxHref(inbox)}>To the first page</ButtonLink>}
      >
        <p>What stood here has moved on since the address was made.</p>
      </EmptyState>
    )
  }
  if (isNarrowed(inbox)) return <NoMatch inbox={inbox} />
  const { title, tone, text } = emptyWords(inbox)
  const { open } = inbox.tabCounts
  const isOverview = inbox.tab !== 'open' && inbox.tab !== 'all' && open > 0
  return (
    <EmptyState
      title={title}
      tone={tone}
      actions={isOverview && <ButtonLink href="/inbox?view=open">See open requests</ButtonLink>}
    >
      <p>{text}</p>
    </EmptyState>
  )
}

function NoMatch({ inbox }: { inbox: InboxView }) {
  const { text } = inbox.filter
  const isBounded = isSearched(inbox.filter) && ['closed', 'all', 'mine'].includes(inbox.tab)
  return (
    <EmptyState
      title={text ? `No request matches “${text}”` : 'No request matches'}
      tone="past"
      actions={<ButtonLink href={`/inbox?view=${inbox.tab}`}>Clear the search</ButtonLink>}
    >
      <p>
        {text
          ? 'The search covers goal, tool, caller and request id'
          : 'Nothing in this view is all that it is narrowed to'}
        {isBounded && `; of closed requests the newest ${countText(MOST_SEARCHED)} are searched`}.
      </p>
    </EmptyState>
  )
}

/** One filter has an index that goes all the way back; words, and what several leave over, are looked for. */
function isSearched({ text, risk, callerId, environment, state }: InboxView['filter']): boolean {
  return (
    text !== '' || [risk, callerId, environment, state].filter((one) => one !== null).length > 1
  )
}

/** Silence is a view of its own; it may be empty without anything being searched for. */
function isNarrowed({ filter }: InboxView): boolean {
  const { text, risk, callerId, environment, state } = filter
  const isState = state !== null && !state.startsWith('never_')
  return isState || text !== '' || [risk, callerId, environment].some((one) => one !== null)
}

interface Words {
  title: string
  tone: HoldTone
  text: string
}

const plainWords: Record<Exclude<InboxTab, 'today' | 'needs_me' | 'open'>, Words> = {
  mine: {
    title: 'Nothing of yours yet',
    tone: 'past',
    text: 'Here is what callers you own or made a key for asked, what was asked on your behalf, and what you voted on.',
  },
  ready: {
    title: 'Nothing is ready to run',
    tone: 'past',
    text: 'Here is what was released and has not reported how it ended.',
  },
  closed: {
    title: 'No request has closed yet',
    tone: 'past',
    text: 'Here is what was released, rejected, denied or cancelled, and what expired.',
  },
  all: { title: 'No requests', tone: 'past', text: 'Here is every request, open and closed.' },
}

function emptyWords({ tab, filter, tabCounts }: InboxView): Words {
  if (filter.state === 'never_collected') {
    const text = 'Every runtime collected its token within 15 minutes of the release.'
    return { title: 'Nothing waits to be collected', tone: 'clear', text }
  }
  if (filter.state === 'never_reported') {
    const text = 'Every runtime reported within 15 minutes of redeeming.'
    return { title: 'Every outcome is reported', tone: 'clear', text }
  }
  if (tab !== 'today' && tab !== 'needs_me' && tab !== 'open') return plainWords[tab]
  const text =
    tabCounts.open > 0
      ? `${counted(tabCounts.open, 'request waits', 'requests wait')} for other people.`
      : 'No request is open.'
  return { title: tab === 'open' ? 'Nothing is open' : 'Nothing needs you', tone: 'clear', text }
}
