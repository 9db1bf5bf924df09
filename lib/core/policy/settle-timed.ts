import { decisionPointAnswer } from './decision-point-answer'
import type {
  CompiledPolicy,
  Facts,
  Issue,
  Requirement,
  RequirementState,
  RequirementStatus,
} from './types'
import { windowAt } from './window'

export interface TimedSettlement {
  /** Of change_window, precondition and decision_point requirements only, in the order given. */
  statuses: RequirementStatus[]
  /** Of decision points and unknown calendars; a window that is shut is told with the other outstanding requirements. */
  issues: Issue[]
  /** Earliest epoch ms at which time alone may change something here; null = never. */
  nextCheckAt: number | null
  /** Earliest end of an open window; null = none. */
  windowEndsAt: number | null
}

/** One requirement settled. */
interface Settled {
  status: RequirementStatus
  issues: Issue[]
  nextCheckAt?: number | undefined
  windowEndsAt?: number | undefined
}

/** How far the requirements that people do not give are met at `now` (epoch ms). */
export function settleTimed(
  requirements: readonly Requirement[],
  facts: Facts,
  calendars: CompiledPolicy['calendars'],
  now: number,
): TimedSettlement {
  const settled = requirements.flatMap((requirement) =>
    settleOne(requirement, facts, calendars, now),
  )
  return {
    statuses: settled.map(({ status }) => status),
    issues: settled.flatMap(({ issues }) => issues),
    nextCheckAt: earliest(settled.map(({ nextCheckAt }) => nextCheckAt)),
    windowEndsAt: earliest(settled.map(({ windowEndsAt }) => windowEndsAt)),
  }
}

/** The earliest of some times; null = there is none. */
export function earliest(times: readonly (number | null | undefined)[]): number | null {
  const known = times.filter((time) => time !== null && time !== undefined)
  return known.length === 0 ? null : Math.min(...known)
}

function settleOne(
  requirement: Requirement,
  facts: Facts,
  calendars: CompiledPolicy['calendars'],
  now: number,
): Settled[] {
  switch (requirement.kind) {
    case 'change_window':
      return [settleWindow(requirement, calendars, now)]
    case 'precondition':
      return [{ status: { requirement, state: 'at_redeem' }, issues: [] }]
    case 'decision_point': {
      const { state, opensAt, issues, nextCheckAt } = decisionPointAnswer(requirement, facts, now)
      return [{ status: statusOf(requirement, state, { opensAt }), issues, nextCheckAt }]
    }
    default:
      return []
  }
}

function settleWindow(
  requirement: Extract<Requirement, { kind: 'change_window' }>,
  calendars: CompiledPolicy['calendars'],
  now: number,
): Settled {
  const { calendar: name, id } = requirement
  const calendar = Object.hasOwn(calendars, name) ? calendars[name] : undefined
  if (calendar === undefined) {
    const message = 'The policy in force has no calendar of this name, so the window is shut.'
    return {
      status: { requirement, state: 'waiting' },
      issues: [{ code: 'unknown_calendar', severity: 'defer', message, requirement: id }],
    }
  }
  const { open, opensAt, shutsAt } = windowAt(calendar, now)
  return {
    status: statusOf(requirement, open ? 'met' : 'waiting', { opensAt, shutsAt }),
    issues: [],
    nextCheckAt: opensAt ?? shutsAt,
    windowEndsAt: shutsAt,
  }
}

/** Times that are not known are left out, not undefined: statuses are stored as JSON. */
function statusOf(
  requirement: Requirement,
  state: RequirementState,
  { opensAt, shutsAt }: { opensAt?: number | undefined; shutsAt?: number | undefined },
): RequirementStatus {
  return {
    requirement,
    state,
    ...(opensAt === undefined ? {} : { opensAt }),
    ...(shutsAt === undefined ? {} : { shutsAt }),
  }
}
