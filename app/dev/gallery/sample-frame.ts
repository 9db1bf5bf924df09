import type { PageView } from '#lib/wire/views/common'
import type { NavItem } from '../../_ui/frame/top-bar'

/** The pictures of the look were taken at this moment, in this zone. */
export const openClock = { zone: 'Europe/Berlin', now: '2026-03-16T10:52:06+01:00' }
export const releasedClock = { zone: 'Europe/Berlin', now: '2026-03-16T11:31:12+01:00' }

export const page: PageView = {
  ...openClock,
  viewer: { id: 'prs_mara', name: 'Mara Lindqvist' },
  isAdmin: false,
  canAudit: false,
  canSeeInsights: false,
  organisation: 'Osterby',
  needsMeCount: 3,
  policyVersion: 'osterby-main@14+dca9a11d',
  audit: {
    entryCount: 41_209,
    sealedAt: '2026-03-16T10:52:04+01:00',
    witnessedAt: '2026-03-16T10:50:00+01:00',
  },
}

export const navItems: NavItem[] = [
  { href: '/inbox', label: 'Inbox', waitingCount: 3 },
  { href: '#audit', label: 'Audit' },
  { href: '#policy', label: 'Policy' },
  { href: '#queues', label: 'Queues', waitingCount: 1 },
  { href: '#deliveries', label: 'Deliveries' },
  { href: '#callers', label: 'Callers' },
  { href: '#people', label: 'People' },
  { href: '#insights', label: 'Insights' },
]
