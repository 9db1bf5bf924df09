import type { NextRequest } from 'next/server'
import type { Door } from '#lib/rate-limit/rate-limits'
import { getWeb } from '#lib/web'
import { doorTarget } from './door-target'

const DOORS: Record<string, Door> = {
  'callback/link': 'link',
  'callback/passkey': 'passkey',
  'callback/recovery': 'recovery',
  'callback/oidc': 'oidc',
  'signin/oidc': 'oidc',
}

/**
 * Counts a knock at the sign-in door before anything of it is looked at, so that the answer is the same whether anybody it
 * names exists.
 * @returns 429 with when to try again, in the shape in which the door tells everything; null: go on
 */
export async function refuseKnock(request: NextRequest, path: string): Promise<Response | null> {
  const door = DOORS[path]
  if (!door) return null
  const { runtime } = getWeb()
  const address = request.headers.get('x-forwarded-for') ?? ''
  const target = request.method === 'POST' ? doorTarget(door, await request.clone().text()) : null
  const counted = await runtime.rateLimits.count({ door, address, target })
  if (counted.ok) return null
  const seconds = Number(counted.refusal.meta?.['retry_after_seconds'])
  const url = `${runtime.config.publicUrl}/sign-in?error=TooMany-${seconds}`
  const headers = { 'retry-after': String(seconds), 'cache-control': 'no-store' }
  return request.method === 'POST'
    ? Response.json({ url }, { status: 429, headers })
    : new Response(null, { status: 303, headers: { ...headers, location: url } })
}
