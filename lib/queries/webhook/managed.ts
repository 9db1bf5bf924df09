import type { SignedIn } from '#lib/auth/session'

/** Endpoints that a viewer may know of: of callers they own, for admins of all. */
export function managedBy({ personId, roles }: Pick<SignedIn, 'personId' | 'roles'>) {
  return {
    state: { not: 'removed' },
    caller: { active: true, ...(!roles.includes('admin') && { ownerId: personId }) },
  }
}
