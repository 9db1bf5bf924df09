import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { InboxSectionView } from '#lib/wire/views-inbox'
import { InboxRow } from './inbox-row'
import { cappedText } from './number-words'

interface Heads {
  title: string
  caption: string
  need: string
  due: string
}

const heads: Record<InboxSectionView['id'], Heads> = {
  needs_me: {
    title: 'Needs me',
    caption: 'Requests that need you',
    need: 'What is missing',
    due: 'Closes',
  },
  others: {
    title: 'Waiting for others',
    caption: 'Requests that wait for other people, for time, or for a system',
    need: 'What is missing',
    due: 'Closes',
  },
  ready: {
    title: 'Ready to run',
    caption: 'Released requests that have not run yet',
    need: 'How far it is',
    due: 'Released',
  },
  closed: {
    title: 'Closed',
    caption: 'Closed requests',
    need: 'What happened',
    due: 'Closed',
  },
}

/** A group of requests with its head; only the first group on a page draws its column heads. */
export function InboxSection({
  section,
  clock,
  isFirst,
  isSelectable,
  title,
  end,
  cursorId = null,
}: {
  section: InboxSectionView
  clock: Clock
  isFirst: boolean
  isSelectable: boolean
  /** In place of the usual title, such as "Closed today". */
  title?: string
  /** At the end of the head: when the list last changed. */
  end?: ReactNode
  cursorId?: string | null
}) {
  const head = heads[section.id]
  const headId = `section-${section.id}`
  return (
    <section className="group" aria-labelledby={headId}>
      <div className="group-head">
        <h2 id={headId}>{title ?? head.title}</h2>
        <span className="quiet">{cappedText(section.totalCount)}</span>
        {end && <span className="end tiny quiet">{end}</span>}
      </div>
      <table className="inbox">
        <caption className="vh">{head.caption}</caption>
        <colgroup>
          {isSelectable && <col className="c-sel" />}
          <col className="c-goal" />
          <col className="c-need" />
          <col className="c-by" />
          <col className="c-due" />
        </colgroup>
        <thead className={isFirst ? undefined : 'vh'}>
          <tr>
            {isSelectable && (
              <th scope="col">
                <span className="vh">Select</span>
              </th>
            )}
            <th scope="col">In the caller’s words</th>
            <th scope="col">{head.need}</th>
            <th scope="col">Behind it</th>
            <th scope="col">{head.due}</th>
          </tr>
        </thead>
        <tbody>
          {section.rows.map((row) => (
            <InboxRow
              key={row.requestId}
              row={row}
              clock={clock}
              isSelectable={isSelectable}
              isCursor={row.requestId === cursorId}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}
