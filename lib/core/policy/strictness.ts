import type { MfaLevel, RiskClass, Verdict } from './types'

const VERDICTS: readonly Verdict[] = ['ALLOW', 'DEFER', 'DENY']
const MFA_LEVELS: readonly MfaLevel[] = ['none', 'any', 'phishing_resistant']
const RISKS: readonly RiskClass[] = [
  'read_only',
  'external_side_effect',
  'production_control_plane',
  'destructive_data_change',
  'privilege_change',
  'money_outward',
  'unknown',
]

/** Evidence for these comes from people, whatever the policy says: a caller does not vouch for itself where it is dangerous. */
const DANGEROUS_FROM: RiskClass = 'production_control_plane'

/** The strictest verdict (DENY > DEFER > ALLOW). Nothing said is not consent: none at all is DEFER. */
export function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.length === 0 ? 'DEFER' : highest(VERDICTS, verdicts, 'ALLOW')
}

export function strictestMfa(levels: readonly MfaLevel[]): MfaLevel {
  return highest(MFA_LEVELS, levels, 'none')
}

/** The most dangerous class; of no tool at all nothing is known. */
export function highestRisk(risks: readonly RiskClass[]): RiskClass {
  return risks.length === 0 ? 'unknown' : highest(RISKS, risks, 'read_only')
}

export function isDangerous(risk: RiskClass): boolean {
  return RISKS.indexOf(risk) >= RISKS.indexOf(DANGEROUS_FROM)
}

function highest<T>(order: readonly T[], values: readonly T[], lowest: T): T {
  return values.reduce((high, value) => {
    return order.indexOf(value) > order.indexOf(high) ? value : high
  }, lowest)
}
