import { createHmac } from 'node:crypto'
import { encode } from 'next-auth/jwt'
import { createSession, type SignedIn, verifySession } from '../../lib/auth/session'
import type { Runtime } from '../../lib/runtime'

/** A session as signing in makes it, in the cookie that the door sets. */
export async function signIn(
  runtime: Runtime,
  personId: string,
): Promise<{ viewer: SignedIn; cookie: string }> {
  const now = runtime.now()
  const id = runtime.newId('ses')
  await createSession(runtime.db, { id, personId, method: 'link', userAgent: 'bench' }, now)
  const verified = await verifySession(runtime.db, id, now)
  if (!verified.ok) throw new Error('The viewer could not be signed in')
  const secret = createHmac('sha256', runtime.config.secret)
    .update('countersign/next-auth')
    .digest('base64url')
  const token = await encode({ token: { sid: id }, secret })
  return { viewer: verified.value, cookie: `countersign.session=${token}` }
}
