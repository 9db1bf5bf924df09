import type { SignedIn } from '#lib/auth/session'

/** Who looks at the whole trail. The command that takes it away asks again. */
export function mayRead({ roles }: Pick<SignedIn, 'roles'>): boolean {
  return roles.includes('admin') || roles.includes('auditor')
}
