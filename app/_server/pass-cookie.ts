import { cookies } from 'next/headers'
import type { SignPass } from '#lib/auth/sign-pass'
import { verifyPass } from '#lib/auth/sign-pass'
import { DAY_MS, SECOND_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'
import { getWeb } from '#lib/web'
import { signPassSecret } from '#lib/wire/auth'

/** The row decides when it ends. The cookie stays longer, so that a page can say that it has. */
const KEPT_S = DAY_MS / SECOND_MS

/** No other page is sent it, and no other site can have it sent. */
function passCookie({ config }: Pick<Runtime, 'config'>, requestId: string) {
  const secure = config.publicUrl.startsWith('https:')
  return {
    name: `${secure ? '__Secure-' : ''}countersign.pass`,
    options: { httpOnly: true, sameSite: 'strict', path: `/sign/${requestId}`, secure },
  } as const
}

/** What the cookie holds, whatever it is worth; null for none. */
export async function sentPass(requestId: string): Promise<string | null> {
  const { name } = passCookie(getWeb().runtime, requestId)
  const sent = signPassSecret.safeParse((await cookies()).get(name)?.value)
  return sent.success ? sent.data : null
}

/** The pass to this request's page that came along, as its row stands now; null: none that holds. */
export async function currentPass(requestId: string): Promise<SignPass | null> {
  const { runtime } = getWeb()
  const cookie = await sentPass(requestId)
  if (cookie === null) return null
  const verified = await verifyPass(runtime.db, { requestId, cookie }, runtime.now())
  return verified.ok ? verified.value : null
}

export async function keepPass(requestId: string, cookie: string): Promise<void> {
  const { name, options } = passCookie(getWeb().runtime, requestId)
  ;(await cookies()).set(name, cookie, { ...options, maxAge: KEPT_S })
}

export async function forgetPass(requestId: string): Promise<void> {
  const { name, options } = passCookie(getWeb().runtime, requestId)
  ;(await cookies()).set(name, '', { ...options, maxAge: 0 })
}
