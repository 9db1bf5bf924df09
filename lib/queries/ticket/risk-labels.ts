import type { RiskClass } from '#lib/core/policy/types'

/** The risk classes as people read them. */
export const RISK_LABELS: Record<RiskClass, string> = {
  read_only: 'Read only',
  external_side_effect: 'External side effect',
  production_control_plane: 'Production control plane',
  destructive_data_change: 'Destructive data change',
  privilege_change: 'Privilege change',
  money_outward: 'Money outward',
  unknown: 'Unknown tool',
}
