import { Notice } from './notice'

/** What came of a change: done, or held by a ticket. */
export function ChangedNotice({
  changed,
}: {
  changed: { text: string; requestId: string | null } | null
}) {
  if (!changed) return null
  const { text, requestId } = changed
  return (
    <Notice
      tone={requestId === null ? 'go' : 'hold'}
      role="status"
      isCompact
      lead={text}
      action={
        requestId !== null && (
          <a className="small" href={`/tickets/${requestId}`}>
            See the ticket
          </a>
        )
      }
    />
  )
}
