import { cookies } from 'next/headers'
import { verifySession } from '#lib/auth/session'
import { signOut } from '#lib/commands/session/sign-out'
import { getWeb } from '#lib/web'
import { isFromOurPage } from '../../_server/from-our-page'
import { sessionCookie, sessionIdOfCookie } from '../../_server/session-cookie'

/** Ends this session and forgets its cookie. A plain form posts here, so it works whatever else of the page does not. */
export async function POST(): Promise<Response> {
  if (!(await isFromOurPage())) return new Response(null, { status: 403 })
  const { runtime } = getWeb()
  const isEnded = await endSession()
  const { name, options } = sessionCookie(runtime)
  ;(await cookies()).set(name, '', { ...options, maxAge: 0 })
  // 303: the browser asks for the page with GET. A path, because only the browser knows by which address it came.
  return new Response(null, {
    status: 303,
    headers: { location: `/sign-in?out=${isEnded ? 'yes' : 'unsure'}` },
  })
}

/** @returns false when the database could not be asked, so that the page does not say more than is true */
async function endSession(): Promise<boolean> {
  const { runtime } = getWeb()
  try {
    const sessionId = await sessionIdOfCookie(runtime)
    if (sessionId === null) return true
    const session = await verifySession(runtime.db, sessionId, runtime.now())
    if (session.ok) await signOut(runtime, { personId: session.value.personId, sessionId })
    return true
  } catch (error) {
    runtime.log.error({ error }, 'a session could not be ended')
    return false
  }
}
