import { cookies, headers } from 'next/headers'
import { cookieName, isPageNonce } from '#lib/auth/page-nonce'
import { getWeb } from '#lib/web'

/**
 * Whether a mutation came from a page of ours, in the browser that we gave that page to. Next lets a missing Origin pass; here
 * a missing or `null` one is refused, the browser's own word on the site is asked too, and the nonce of this very session has
 * to come along.
 */
export async function isFromOurPage(): Promise<boolean> {
  const { config } = getWeb().runtime
  const [sent, jar] = await Promise.all([headers(), cookies()])
  const site = sent.get('sec-fetch-site')
  const held = (name: 'session' | 'nonce') => jar.get(cookieName(config.publicUrl, name))?.value
  return (
    sent.get('origin') === config.publicUrl &&
    (site === null || site === 'same-origin') &&
    isPageNonce(config, held('session') ?? '', held('nonce'))
  )
}
