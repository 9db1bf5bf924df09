import type { Evaluation } from '../policy/types'
import { type Refused, refuse } from '../result'

const UNEVALUABLE = new Set(['policy_unavailable', 'policy_error'])

/**
 * Why a released request may not run by today's evaluation, or null. The one gate of collect and redeem: an explicit ALLOW
 * with nothing outstanding passes, everything else is told by what is missing. Codes that keep the grant come last, so that
 * a closed window never hides a vote that is gone.
 */
export function whyNotRun(evaluation: Evaluation): Refused | null {
  const { verdict, issues, outstanding } = evaluation
  // What could not be evaluated says nothing about votes or terms: the grant stays, and nothing runs meanwhile.
  if (issues.some(({ code }) => UNEVALUABLE.has(code))) return refuse('policy_unavailable')
  if (verdict === 'ALLOW' && outstanding.length === 0) return null
  const codes = issues.filter(({ severity }) => severity !== 'warn').map(({ code }) => code)
  if (verdict !== 'DEFER') return refuse('policy_tightened', { meta: { issues: codes } })
  return whyHeld(evaluation) ?? refuse('policy_tightened', { meta: { issues: codes } })
}

function whyHeld({ requirements, voidVotes, outstanding }: Evaluation): Refused | null {
  const open = requirements.filter(({ state }) => state !== 'met' && state !== 'at_redeem')
  const kinds = new Set(open.map(({ requirement }) => requirement.kind))
  const reasons = new Set(voidVotes.map(({ reason }) => reason))
  const isVoterGone = reasons.has('voter_ineligible') || reasons.has('vote_too_old')
  if (kinds.has('approval') && isVoterGone && !reasons.has('terms_changed')) {
    return refuse('voter_ineligible')
  }
  if (kinds.has('approval') || kinds.has('mfa') || kinds.has('evidence')) {
    return refuse('policy_tightened', { meta: { outstanding } })
  }
  if (kinds.has('decision_point')) return refuse('decision_point_unavailable')
  return kinds.has('change_window') ? refuse('window_closed') : null
}
