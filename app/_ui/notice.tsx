import type { ReactNode } from 'react'
import type { NoticeView } from '#lib/wire/views/ticket'
import { Icon, type IconName } from './icon'

type NoticeTone = NoticeView['tone']

const toneClass: Record<NoticeTone, string> = {
  hold: 'is-hold',
  stop: 'is-stop',
  go: 'is-go',
  plain: '',
}
const toneIcon: Record<NoticeTone, IconName> = {
  hold: 'alert',
  stop: 'alert',
  go: 'check',
  plain: 'info',
}

/** Ruled above and below in its signal: icon, bold lead sentence, the rest, one way on. */
export function Notice({
  tone,
  lead,
  icon,
  isCompact = false,
  isStacked = false,
  role,
  action,
  children,
}: {
  tone: NoticeTone
  lead: ReactNode
  icon?: IconName
  isCompact?: boolean
  /** The lead on a line of its own. */
  isStacked?: boolean
  /** `alert` for what just failed, `status` for what changed by itself. */
  role?: 'alert' | 'status'
  action?: ReactNode
  children?: ReactNode
}) {
  const classes = ['notice', toneClass[tone], isCompact && 'compact']
  return (
    <div className={classes.filter(Boolean).join(' ')} role={role}>
      <Icon name={icon ?? toneIcon[tone]} />
      {isStacked ? (
        <div>
          <p>
            <strong>{lead}</strong>
          </p>
          <p>{children}</p>
        </div>
      ) : (
        <p>
          <strong>{lead}</strong> {children}
        </p>
      )}
      {action}
    </div>
  )
}

/** Ink on paper exchanged, no countdown; it never holds the only copy of a fact. */
export function Toast({
  icon = 'info',
  action,
  children,
}: {
  icon?: IconName
  action?: { href: string; label: string }
  children: ReactNode
}) {
  return (
    <div className="toast" role="status">
      <Icon name={icon} />
      <p>{children}</p>
      {action && <a href={action.href}>{action.label}</a>}
    </div>
  )
}
