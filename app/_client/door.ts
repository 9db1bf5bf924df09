'use client'

/** Why the door stayed shut: the code that next-auth puts into its answer, or one of ours. */
export type DoorCode = string

export type DoorAnswer = { isOpen: true; href: string } | { isOpen: false; code: DoorCode }

/**
 * Posts to the sign-in door with its anti-forgery token. Scripts post because one-time links and passkeys need them
 * anyway, and a form's redirect to a foreign issuer is more than the page's policy lets a form do.
 */
export async function knock(path: string, fields: Record<string, string>): Promise<DoorAnswer> {
  try {
    const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string }
    const answer = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...fields, csrfToken, json: 'true' }),
    })
    const { url } = (await answer.json()) as { url: string }
    return answerOf(new URL(url, location.origin))
  } catch {
    // No answer, or none that the door gives: a proxy's page, a refused origin.
    return { isOpen: false, code: 'Unreachable' }
  }
}

function answerOf(url: URL): DoorAnswer {
  const isOurs = url.origin === location.origin
  const code = isOurs ? url.searchParams.get('error') : null
  if (code) return { isOpen: false, code }
  if (isOurs && url.searchParams.has('csrf')) return { isOpen: false, code: 'Stale' }
  return { isOpen: true, href: url.href }
}
