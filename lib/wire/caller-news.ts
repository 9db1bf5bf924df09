/** Where whoever hears of a caller goes from there. */
export interface NewsLink {
  /** Of the console, from its root. */
  path: string
  label: string
}

/** By the audit entry on the caller's stream that the news is about; null: it leads nowhere. */
export function linkOfCallerNews(body: unknown): NewsLink | null {
  if (typeof body !== 'object' || body === null) return null
  const { endpoint, request } = body as { endpoint?: unknown; request?: unknown }
  if (typeof endpoint === 'string')
    return { path: `/webhooks/${endpoint}`, label: 'See the endpoint' }
  if (typeof request === 'string') return { path: `/tickets/${request}`, label: 'See the request' }
  return null
}
