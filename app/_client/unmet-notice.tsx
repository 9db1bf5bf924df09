import type { UnmetView } from '#lib/wire/views/people'
import { Unordered } from '../_ui/list'
import { Notice } from '../_ui/notice'
import { atLeastText, counted } from '../_ui/number-words'
import { Sent } from '../_ui/sent'

/** What nobody could give any more. It stops nothing: somebody may have to go today. */
export function UnmetNotice({ unmet, lead }: { unmet: UnmetView; lead: string }) {
  const { rules, ticketCount, isAtLeast, tickets } = unmet
  return (
    <div className="stack" role="status">
      <Notice tone="hold" isCompact lead={lead}>
        It is held until more people are put into the groups.
      </Notice>
      <Unordered>
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
        {ticketCount > 0 && (
          <li>
            {isAtLeast
              ? `${atLeastText(ticketCount)} open tickets`
              : counted(ticketCount, 'open ticket')}{' '}
            could then be approved by nobody:
            {tickets.map(({ id, goal }) => (
              <a key={id} className="line" href={`/tickets/${id}`}>
                <Sent text={goal} />
              </a>
            ))}
          </li>
        )}
      </Unordered>
    </div>
  )
}
