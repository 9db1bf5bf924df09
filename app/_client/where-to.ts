const KEY = 'countersign.where-to'
/** A one-time link is asked for and used within this time; afterwards nobody means that page any more. */
const KEPT_MS = 30 * 60_000

/**
 * Where to go after signing in, with the place in the page that was asked for: browsers carry it along through the
 * redirect to the sign-in page and send it to nobody, so that only the page itself knows it.
 */
export function withPlace(from: string): string {
  return from.includes('#') ? from : from + location.hash
}

/** A one-time link opens a page of its own, often in another tab: what was asked for before is kept for it, here. */
export function keepWhereTo(path: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ path, at: Date.now() }))
  } catch {
    // A browser that keeps nothing leads to the inbox, as it always did.
  }
}

/** What was kept lately, once; a path of our own or null. */
export function takeWhereTo(): string | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    localStorage.removeItem(KEY)
    return isKept(kept) && Math.abs(Date.now() - kept.at) < KEPT_MS ? ourPath(kept.path) : null
  } catch {
    return null
  }
}

function isKept(value: unknown): value is { path: string; at: number } {
  if (typeof value !== 'object' || value === null) return false
  return (
    'path' in value &&
    typeof value.path === 'string' &&
    'at' in value &&
    typeof value.at === 'number'
  )
}

/** What the URL standard makes of it, never the text itself: `//host` and `/\host` are other sites. */
function ourPath(path: string): string | null {
  if (!path.startsWith('/') || !URL.canParse(path, location.origin)) return null
  const url = new URL(path, location.origin)
  const ours = url.pathname + url.search + url.hash
  return url.origin === location.origin && !ours.startsWith('//') ? ours : null
}
