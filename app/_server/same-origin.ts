import { headers } from 'next/headers'
import { getWeb } from '#lib/web'

/**
 * Whether a mutation came from a page of ours. Next lets a missing Origin pass; here a missing or `null` one is refused,
 * and the browser's own word on the site is asked too.
 */
export async function isSameOrigin(): Promise<boolean> {
  const sent = await headers()
  const site = sent.get('sec-fetch-site')
  return (
    sent.get('origin') === getWeb().runtime.config.publicUrl &&
    (site === null || site === 'same-origin')
  )
}
