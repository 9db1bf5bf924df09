import { visibleText } from '../../lib/core/contract/visible'
import { formatDuration } from '../../lib/core/durations'
import type { RequestAnswer } from '../index'
import type { Done } from './command'
import type { ExitName } from './exits'
import { plain } from './failure'

const HOLDING = new Set(['missing', 'to_confirm', 'waiting'])

/** One line on how a held request stands. Whatever came over the network is shown with its hidden characters. */
export function waitingLine(request: RequestAnswer, startedAt: number, now: number): string {
  const open = request.requirements.filter(({ state }) => HOLDING.has(state))
  const missing = open.map(({ title, state }) =>
    state === 'to_confirm' ? `${title} (to be reviewed)` : title,
  )
  const for_ = missing.length === 0 ? 'an answer' : missing.join(', ')
  const waited = formatDuration(now - startedAt)
  const where = request.ticket_url === null ? request.request_id : request.ticket_url
  return visibleText(`Held ${waited}, waiting for: ${for_} · ${where}`)
}

/** A request for people. */
export function requestLines(request: RequestAnswer): string[] {
  const { closed, grant } = request
  const rows: [string, string | null | undefined][] = [
    ['request', request.request_id],
    ['state', request.state],
    ['verdict', `${request.verdict} (decision ${request.decision})`],
    ['policy', request.policy_version],
    ['contract', request.contract_digest],
    ['deadline', request.state === 'open' ? request.deadline_at : null],
    [
      'closed',
      closed && [closed.at, closed.by, closed.reason, closed.note].filter(Boolean).join(', '),
    ],
    [
      'grant',
      grant && [grant.state, grant.outcome, `until ${grant.ends_at}`].filter(Boolean).join(', '),
    ],
    ['replaced by', request.superseded_by],
    ['ticket', request.ticket_url],
  ]
  return [
    ...rows.flatMap(([name, value]) => (value ? [`${name.padEnd(12)} ${visibleText(value)}`] : [])),
    ...request.requirements.map(({ state, title }) =>
      visibleText(`  ${state.padEnd(10)} ${title}`),
    ),
    ...request.issues.map(({ code, message }) => visibleText(`  ! ${code}: ${message}`)),
  ]
}

const EXIT_OF: Record<RequestAnswer['state'], ExitName> = {
  open: 'still_open',
  released: 'ok',
  denied: 'denied',
  rejected: 'rejected',
  expired: 'expired',
  cancelled: 'cancelled',
  superseded: 'superseded',
}

/** The exit that tells how a request stands. */
export function exitOfState(request: RequestAnswer): ExitName {
  return EXIT_OF[request.state] ?? 'fault'
}

export function requestDone(request: RequestAnswer, exit: ExitName): Done {
  return { exit, json: { request: plain(request) }, lines: requestLines(request) }
}
