import type { InboxSort, InboxStateFilter, InboxTab } from '#lib/wire/views/inbox'
import { ticketLook } from '../states'

export const tabWords: Record<InboxTab, string> = {
  today: 'Today',
  needs_me: 'Needs me',
  mine: 'Mine',
  open: 'Open',
  ready: 'Ready to run',
  closed: 'Closed',
  all: 'All',
}

export const sortWords: Record<InboxSort, string> = {
  deadline: 'Closes first',
  newest: 'Newest first',
  oldest: 'Oldest first',
}

export function stateWord(state: InboxStateFilter): string {
  if (state === 'never_collected') return 'Never collected'
  return state === 'never_reported' ? 'Never reported' : ticketLook[state].word
}
