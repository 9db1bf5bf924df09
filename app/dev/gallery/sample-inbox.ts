import type { Prose } from '#lib/wire/views/common'
import type { InboxNeedView, InboxRowView, InboxView } from '#lib/wire/views/inbox'

const production = { name: 'production', registered: true }

function need(text: string, kind: InboxNeedView['kind'] = 'missing'): InboxNeedView {
  return { kind, isYours: text.startsWith('Your'), text: [text] }
}

type Named = Pick<
  InboxRowView,
  'requestId' | 'goal' | 'tool' | 'riskLabel' | 'callerName' | 'ownerName'
>

function open(row: Named, closesAt: string, needs: InboxNeedView[]): InboxRowView {
  return {
    ...row,
    moreToolCount: 0,
    environment: production,
    state: 'open',
    closesAt: `2026-03-${closesAt}+01:00`,
    closedAt: null,
    needs,
    said: null,
    silence: null,
    canReject: true,
  }
}

function ended(
  row: Named,
  state: InboxRowView['state'],
  closedAt: string,
  said: Prose,
): InboxRowView {
  return {
    ...row,
    moreToolCount: 0,
    environment: row.tool.endsWith('staging') ? { name: 'staging', registered: true } : production,
    state,
    closesAt: null,
    closedAt: `2026-03-16T${closedAt}:00+01:00`,
    needs: [],
    said,
    silence: null,
    canReject: false,
  }
}

const controlPlane = 'Production control plane'

const needsMe: InboxRowView[] = [
  open(
    {
      requestId: '6X37',
      goal: 'Raise the checkout rate limit from 400 to 1,200 requests a second',
      tool: 'config.write',
      riskLabel: controlPlane,
      callerName: 'edge-config-bot',
      ownerName: 'Aiko Mori',
    },
    '16T11:30:10',
    [need('Your confirmation'), need('The plan changed after your vote', 'aside')],
  ),
  open(
    {
      requestId: 'QSTZ',
      goal: 'Deploy release 2026.03.14 to production',
      tool: 'deploy.production',
      riskLabel: controlPlane,
      callerName: 'ci-release',
      ownerName: 'Jonas Weber',
    },
    '17T10:41:07',
    [need('Your approval'), need('Rollback plan')],
  ),
  open(
    {
      requestId: '0DEX',
      goal: 'Delete 12,480 customer rows, inactive since 2023',
      tool: 'warehouse.rows.delete',
      riskLabel: 'Destructive data change',
      callerName: 'retention-agent',
      ownerName: 'Henrik Solberg',
    },
    '17T06:57:40',
    [need('Your approval, second of two'), need('Window opens 22:00', 'opens')],
  ),
]

const others: InboxRowView[] = [
  open(
    {
      requestId: '7RAY',
      goal: 'Pay invoice 2026-0317 to Kestrel Freight GmbH, EUR 48,200.00',
      tool: 'payments.payout.create',
      riskLabel: 'Money outward',
      callerName: 'treasury-agent',
      ownerName: 'Ines Carvalho',
    },
    '16T14:04:30',
    [need('Two finance approvals'), need('Change record')],
  ),
  open(
    {
      requestId: 'DENZ',
      goal: 'Grant role admin to Tomás Rey in billing',
      tool: 'iam.role.grant',
      riskLabel: 'Privilege change',
      callerName: 'access-agent',
      ownerName: 'Priya Raman',
    },
    '17T08:32:20',
    [need('Security approval, second of two')],
  ),
  open(
    {
      requestId: 'RB6M',
      goal: 'Send the March service notice to 3,912 customers',
      tool: 'mail.campaign.send',
      riskLabel: 'External side effect',
      callerName: 'notice-agent',
      ownerName: 'Daniel Okafor',
    },
    '17T09:08:20',
    [need('Support approval')],
  ),
  open(
    {
      requestId: 'NSFS',
      goal: 'Point api.osterby.example at the new load balancer',
      tool: 'dns.record.update',
      riskLabel: controlPlane,
      callerName: 'infra-agent',
      ownerName: 'Henrik Solberg',
    },
    '17T09:54:20',
    [need('Window opens Tue 09:00', 'opens')],
  ),
  open(
    {
      requestId: '847Y',
      goal: 'Rebuild the search index for eu-west',
      tool: 'index.rebuild',
      riskLabel: controlPlane,
      callerName: 'catalog-sync',
      ownerName: 'Jonas Weber',
    },
    '17T10:23:20',
    [need('Stage0 does not answer, retry in 40 s', 'opens')],
  ),
]

const closed: InboxRowView[] = [
  ended(
    {
      requestId: 'C1',
      goal: 'Deploy release 2026.03.13 to staging',
      tool: 'deploy.staging',
      riskLabel: null,
      callerName: 'ci-release',
      ownerName: 'Jonas Weber',
    },
    'released',
    '09:47',
    ['Ran once, succeeded'],
  ),
  ended(
    {
      requestId: 'C2',
      goal: 'Drop the 2024 session archive',
      tool: 'warehouse.table.drop',
      riskLabel: null,
      callerName: 'retention-agent',
      ownerName: 'Henrik Solberg',
    },
    'rejected',
    '09:31',
    ['By Tomás Rey: no backup checked'],
  ),
  ended(
    {
      requestId: 'C3',
      goal: 'Refund order 88-1042, EUR 1,940.00',
      tool: 'payments.refund.create',
      riskLabel: null,
      callerName: 'support-agent',
      ownerName: 'Daniel Okafor',
    },
    'expired',
    '09:15',
    ['Nobody answered, nothing ran'],
  ),
  ended(
    {
      requestId: 'C4',
      goal: 'Rotate the signing key of the payroll export',
      tool: 'keys.rotate',
      riskLabel: null,
      callerName: 'edge-config-bot',
      ownerName: 'Aiko Mori',
    },
    'denied',
    '08:58',
    ['By policy: wrong environment'],
  ),
  ended(
    {
      requestId: 'C5',
      goal: 'Pay invoice 2026-0317 to Kestrel Freight GmbH, EUR 42,800.00',
      tool: 'payments.payout.create',
      riskLabel: null,
      callerName: 'treasury-agent',
      ownerName: 'Ines Carvalho',
    },
    'superseded',
    '08:40',
    ['By a new request, other amount'],
  ),
  ended(
    {
      requestId: 'C6',
      goal: 'Scale the import workers to 40',
      tool: 'cluster.scale',
      riskLabel: null,
      callerName: 'infra-agent',
      ownerName: 'Henrik Solberg',
    },
    'cancelled',
    '08:12',
    ['By its owner, nothing ran'],
  ),
]

export const inbox: InboxView = {
  tab: 'today',
  tabCounts: { today: 14, needs_me: 3, open: 8, ready: 1, closed: 214 },
  filter: { text: '', risk: null, callerId: null, environment: null, state: null },
  sort: 'deadline',
  sorts: ['deadline', 'newest', 'oldest'],
  states: [],
  riskClasses: [
    { id: 'money_outward', label: 'Money outward' },
    { id: 'destructive_data', label: 'Destructive data change' },
    { id: 'control_plane', label: controlPlane },
    { id: 'privilege', label: 'Privilege change' },
  ],
  callers: [
    { id: 'clr_1', name: 'ci-release' },
    { id: 'clr_2', name: 'retention-agent' },
    { id: 'clr_3', name: 'treasury-agent' },
  ],
  environments: ['production', 'staging'],
  needsMeCount: 3,
  firstClosesAt: '2026-03-16T11:30:10+01:00',
  alerts: [
    {
      kind: 'never_reported',
      count: 1,
      goal: 'Restart the billing workers',
      requestId: 'RSTB',
      since: '2026-03-16T10:26:00+01:00',
    },
  ],
  sections: [
    { id: 'needs_me', totalCount: 3, isMore: false, rows: needsMe },
    { id: 'others', totalCount: 5, isMore: false, rows: others },
    { id: 'closed', totalCount: 6, isMore: false, rows: closed },
  ],
  lastChangeAt: '2026-03-16T10:52:04+01:00',
  nextCursor: null,
  backCursor: null,
  isFresh: false,
}
