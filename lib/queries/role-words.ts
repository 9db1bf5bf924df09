const WORDS: Record<string, string> = {
  admin: 'Admin',
  policy_editor: 'Policy editor',
  approver: 'Approver',
  release_manager: 'Release manager',
  auditor: 'Auditor',
}

/** A role as people call it. */
export function roleWords(role: string): string {
  return WORDS[role] ?? role
}
