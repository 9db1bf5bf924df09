/** Where one goes after signing in when nothing else was asked for. */
export const HOME = '/inbox'

const MOST_CHARS = 2000
/** Signing in again leads nowhere, and an address of the API shows no page. */
const NOT_PAGES = /^\/(api|sign-in|sign-out|v1)(\/|$)/
const ELSEWHERE = 'https://elsewhere.invalid'

/**
 * A path of our own to go to, or `HOME` for everything else. Browsers read `//host`, `/\host` and addresses with tabs or
 * line ends in them as other sites: what comes back is what the URL standard makes of it, never the text that was sent.
 */
export function localPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > MOST_CHARS || !wanted.startsWith('/')) {
    return HOME
  }
  if (!URL.canParse(wanted, ELSEWHERE)) return HOME
  const url = new URL(wanted, ELSEWHERE)
  const path = url.pathname + url.search + url.hash
  if (url.origin !== ELSEWHERE || path.startsWith('//') || NOT_PAGES.test(url.pathname)) return HOME
  return path === '/' ? HOME : path
}

/** The same for an address as next-auth makes it, absolute and under ours. */
export function localPathOf(url: unknown, publicUrl: string): string {
  const isOurs = typeof url === 'string' && url.startsWith(`${publicUrl}/`)
  return localPath(isOurs ? url.slice(publicUrl.length) : url)
}
