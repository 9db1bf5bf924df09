import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '#lib/config'

type Secrets = Pick<Config, 'secret' | 'publicUrl'>

export const NONCE_BYTES = 16

/** `__Host-` keeps other sites of the same domain from setting a cookie of that name; browsers want HTTPS for that. */
export function cookieName(publicUrl: string, name: 'session' | 'nonce'): string {
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}countersign.${name}`
}

/**
 * What a browser has to bring along with everything that changes something: random bytes, and that we made them for exactly
 * this session. It stands in a cookie that no other site can have sent.
 * @param session what the session's cookie holds; '' for somebody who is not signed in
 */
export function pageNonce(config: Secrets, session: string, random: Uint8Array): string {
  const bytes = Buffer.from(random).toString('base64url')
  return `${bytes}.${bound(config, session, bytes)}`
}

/** Whether a text is a nonce made for this session; takes as long for a near miss as for nonsense. */
export function isPageNonce(config: Secrets, session: string, sent: string | undefined): boolean {
  const [bytes = '', mac = ''] = (sent ?? '').split('.')
  const [told, due] = [Buffer.from(mac), Buffer.from(bound(config, session, bytes))]
  return bytes !== '' && told.length === due.length && timingSafeEqual(told, due)
}

function bound({ secret }: Secrets, session: string, bytes: string): string {
  const key = createHmac('sha256', secret).update('countersign/page-nonce').digest()
  return createHmac('sha256', key).update(`${bytes}.${session}`).digest('base64url')
}
