import { redirect } from 'next/navigation'
import { cache } from 'react'
import { type SignedIn, verifySession } from '#lib/auth/session'
import { getWeb } from '#lib/web'
import { sessionIdOfCookie } from './session-cookie'

/** Who is signed in, by the session's row; null when nobody is. Asked once a request. */
export const currentViewer = cache(async (): Promise<SignedIn | null> => {
  const { runtime } = getWeb()
  const sessionId = await sessionIdOfCookie(runtime)
  if (sessionId === null) return null
  const verified = await verifySession(runtime.db, sessionId, runtime.now())
  return verified.ok ? verified.value : null
})

/** The viewer, or the sign-in page, which brings them back to `from`. */
export async function requireViewer(from: string): Promise<SignedIn> {
  const viewer = await currentViewer()
  if (!viewer) redirect(`/sign-in?from=${encodeURIComponent(from)}`)
  return viewer
}
