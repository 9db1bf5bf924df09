import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { InboxSectionView } from '#lib/wire/views/inbox'
import { InboxRows } from '../../_client/inbox/rows'
import { atLeastText, cappedText } from '../number-words'

interface Heads {
  title: string
  caption: string
  need: string
  due: string
  /** What to do about them. */
  next?: string
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
  mine: {
    title: 'Mine',
    caption: 'Requests that you stand behind or have voted on',
    need: 'How it stands',
    due: 'Closes, closed',
  },
  never_collected: {
    title: 'Released, never collected',
    caption: 'Released requests whose runtime has not asked for the token',
    need: 'Silent since its release',
    due: 'Lapses',
    next: 'Nothing has run. Ask whoever owns the caller whether it still waits: its runtime collects the token, or you revoke the grant on its page. Else it lapses by itself.',
  },
  never_reported: {
    title: 'Redeemed, never reported',
    caption: 'Redeemed requests whose runtime has not said how it ended',
    need: 'Silent since it was redeemed',
    due: 'Redeemed',
    next: 'It may have run. Ask whoever owns the caller how it ended, and have its runtime report the outcome: until then nobody knows.',
  },
  all: {
    title: 'All requests',
    caption: 'All requests',
    need: 'How it stands',
    due: 'Closes, closed',
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
  foot,
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
  /** Under the rows: where the rest of them is. */
  foot?: ReactNode
  cursorId?: string | null
}) {
  const head = heads[section.id]
  const headId = `section-${section.id}`
  return (
    <section className="group" aria-labelledby={headId}>
      <div className="group-head">
        <h2 id={headId}>{title ?? head.title}</h2>
        <span className="quiet">
          {section.isMore ? atLeastText(section.totalCount) : cappedText(section.totalCount)}
        </span>
        {end && <span className="end tiny quiet">{end}</span>}
      </div>
      {head.next && <p className="group-next soft">{head.next}</p>}
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
          <InboxRows
            list={section.id}
            rows={section.rows}
            clock={{ zone: clock.zone, now: clock.now }}
            isSelectable={isSelectable}
            cursorId={cursorId}
          />
        </tbody>
      </table>
      {foot}
    </section>
  )
}
