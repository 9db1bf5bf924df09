/** Whoever is to be in a group that approves has one of these. Without a parser in it: pages in the browser ask too. */
export const SEATED_ROLES: readonly string[] = ['approver', 'release_manager', 'admin']

export function maySitInGroups(held: readonly string[]): boolean {
  return SEATED_ROLES.some((role) => held.includes(role))
}
