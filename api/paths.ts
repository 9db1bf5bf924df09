/** Paths that the callers' API answers; everything else is the console's. */
const API_PATHS = /^\/(v1\/|check$|\.well-known\/jwks\.json$|healthz$|readyz$|metrics$)/

/** Whether the callers' API answers a path, without its query. Held to the table of its routes by a test. */
export function isApiPath(path: string): boolean {
  return API_PATHS.test(path)
}
