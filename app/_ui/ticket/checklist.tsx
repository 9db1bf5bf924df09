import type { ReactNode } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { ChecklistItemView, ChecklistStateView } from '#lib/wire/views/ticket'
import { Icon, type IconName } from '../icon'
import { Ordered } from '../list'
import { Prose } from '../prose'

interface Look {
  tone: string
  icon: IconName
}

/** The box alone tells nothing: each item ends with its word. */
export const checklistLook: Record<ChecklistStateView, Look> = {
  missing: { tone: 'missing', icon: 'box' },
  to_confirm: { tone: 'missing', icon: 'box' },
  met: { tone: 'met', icon: 'box-met' },
  opens: { tone: 'later', icon: 'box-opens' },
  withdrawn: { tone: 'void', icon: 'box-void' },
}

export function Checklist({
  items,
  clock,
  isOver = false,
  linkOf,
}: {
  items: readonly ChecklistItemView[]
  clock: Clock
  /** The ticket has ended: nothing waits for what is missing. */
  isOver?: boolean
  /** A way to give the item on this page, shown under who can give it. */
  linkOf?: (item: ChecklistItemView) => ReactNode
}) {
  return (
    <Ordered className="checklist">
      {items.map((item) => (
        <ChecklistItem
          key={item.id}
          item={item}
          clock={clock}
          isOver={isOver}
          link={linkOf?.(item)}
        />
      ))}
    </Ordered>
  )
}

function ChecklistItem({
  item,
  clock,
  isOver,
  link,
}: {
  item: ChecklistItemView
  clock: Clock
  isOver: boolean
  link?: ReactNode
}) {
  const look = checklistLook[item.state]
  return (
    <li className={isOver && look.tone === 'missing' ? 'void' : look.tone}>
      <Icon name={look.icon} className="box" />
      <p className="what">
        <strong>{item.title}</strong>
        {item.detail.length > 0 && (
          <span>
            <Prose of={item.detail} clock={clock} />
          </span>
        )}
      </p>
      <p className="from">
        {item.from.map((line, at) => (
          <span key={String(at)}>
            <Prose of={line} clock={clock} />
          </span>
        ))}
        {link && <span>{link}</span>}
      </p>
      <p className="do">
        <span className="word">{checklistWord(item, clock)}</span>
      </p>
    </li>
  )
}

/** "Missing", "1 missing", "To confirm", "Met", "At 22:00", "Withdrawn" */
export function checklistWord(item: ChecklistItemView, clock: Clock): string {
  switch (item.state) {
    case 'met':
      return 'Met'
    case 'to_confirm':
      return 'To confirm'
    case 'withdrawn':
      return 'Withdrawn'
    case 'opens':
      return item.opensAt ? `At ${timeText(item.opensAt, 'short', clock)}` : 'Opens by itself'
    case 'missing':
      return item.neededCount > 1 ? `${item.neededCount - item.givenCount} missing` : 'Missing'
  }
}

/** "3 of 4 to go. It releases by itself when the last one is met." */
export function checklistSummary(items: readonly ChecklistItemView[], isOpen: boolean): string {
  const metCount = items.filter((item) => item.state === 'met').length
  if (!isOpen) return `${metCount} of ${items.length} met when it closed.`
  const leftCount = items.length - metCount
  if (leftCount === 0) return 'All met. It is being released.'
  return `${leftCount} of ${items.length} to go. It releases by itself when the last one is met.`
}
