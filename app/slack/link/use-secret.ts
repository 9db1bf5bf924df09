import { useEffect, useSyncExternalStore } from 'react'

const KEPT = 'countersign.slack-link'

/** What the address said before it was cleaned, or what this tab kept from before signing in. */
let kept: string | null = null

/**
 * What stands after the # in the address; null while the server draws the page, '' for nothing. It is taken out of the
 * address, where histories would keep it, and kept in this tab alone, because signing in leads away from the page.
 */
export function useSecret(): string | null {
  const secret = useSyncExternalStore(listen, read, () => null)
  useEffect(() => {
    if (!secret) return
    kept = secret
    store()?.setItem(KEPT, secret)
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname)
  }, [secret])
  return secret
}

/** Once it is used it opens nothing any more. */
export function forgetSecret(): void {
  store()?.removeItem(KEPT)
}

function read(): string {
  kept ??= store()?.getItem(KEPT) ?? ''
  return location.hash.slice(1) || kept
}

function listen(onChange: () => void): () => void {
  addEventListener('hashchange', onChange)
  return () => removeEventListener('hashchange', onChange)
}

/** A browser may be told to keep nothing; then the address has to be opened again after signing in. */
function store(): Storage | null {
  try {
    return sessionStorage
  } catch {
    return null
  }
}
