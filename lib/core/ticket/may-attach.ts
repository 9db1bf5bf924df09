const ROLES = ['approver', 'release_manager', 'admin']

/** Whether a person may attach evidence to a request: who may approve, and who answers for the caller. An auditor takes no part. */
export function mayAttach(person: { roles: readonly string[]; ownsCaller: boolean }): boolean {
  return person.ownsCaller || ROLES.some((role) => person.roles.includes(role))
}
