const ROLES = ['admin', 'auditor', 'policy_editor']

/** Who answers for how requests are decided: admins, auditors, and those who write policy. */
export function maySeeInsights(roles: readonly string[]): boolean {
  return roles.some((role) => ROLES.includes(role))
}
