import type { InboxFilter, InboxSort, InboxView } from '#lib/wire/views/inbox'

type Shown = Pick<InboxView, 'tab' | 'filter' | 'sort' | 'sorts'>

/** The address of an inbox like the one that is shown, but for what is changed; it begins at the first page unless told. */
export function inboxHref(
  { tab, filter, sort, sorts }: Shown,
  change: { filter?: Partial<InboxFilter>; sort?: InboxSort; cursor?: string } = {},
): string {
  const { text, risk, callerId, environment, state } = { ...filter, ...change.filter }
  const order = change.sort ?? sort
  const entries = {
    view: tab,
    q: text,
    risk,
    caller: callerId,
    environment,
    state,
    sort: order === sorts[0] ? null : order,
    cursor: change.cursor,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(entries)) if (value) query.set(name, value)
  return `/inbox?${query.toString()}`
}
