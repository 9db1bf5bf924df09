import type { Role } from '#lib/wire/change'

/** Every role, in the order of the form, and what it is good for. */
export const ROLE_CHOICES: readonly { role: Role; label: string; may: string }[] = [
  { role: 'approver', label: 'Approver', may: 'May be put into groups, and attaches evidence.' },
  { role: 'release_manager', label: 'Release manager', may: 'The same, for releases.' },
  { role: 'policy_editor', label: 'Policy editor', may: 'Proposes versions of the policy.' },
  { role: 'auditor', label: 'Auditor', may: 'Reads the audit trail. Never votes or attaches.' },
  {
    role: 'admin',
    label: 'Admin',
    may: 'People, groups, callers, keys and settings, and approves changes of them.',
  },
]

export function roleLabel(role: Role): string {
  return ROLE_CHOICES.find((choice) => choice.role === role)?.label ?? role
}
