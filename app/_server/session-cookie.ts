import { createHmac } from 'node:crypto'
import { cookies } from 'next/headers'
import { decode } from 'next-auth/jwt'
import { cookieName } from '#lib/auth/page-nonce'
import type { Runtime } from '#lib/runtime'

type WithConfig = Pick<Runtime, 'config'>

export function sessionCookie({ config }: WithConfig) {
  const secure = config.publicUrl.startsWith('https:')
  return {
    name: cookieName(config.publicUrl, 'session'),
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
  } as const
}

/** What next-auth encrypts its cookies with. */
export function doorSecret({ config }: WithConfig): string {
  return createHmac('sha256', config.secret).update('countersign/next-auth').digest('base64url')
}

/**
 * The id of our own session row out of next-auth's JWT, and nothing else: the row decides. null for no cookie, one that
 * has ended, or one that is not ours.
 */
export async function sessionIdOfCookie(runtime: WithConfig): Promise<string | null> {
  const token = (await cookies()).get(sessionCookie(runtime).name)?.value
  if (!token) return null
  try {
    const claims = await decode({ token, secret: doorSecret(runtime) })
    return typeof claims?.['sid'] === 'string' ? claims['sid'] : null
  } catch {
    // Not encrypted by us, or too old: nobody is signed in by it.
    return null
  }
}
