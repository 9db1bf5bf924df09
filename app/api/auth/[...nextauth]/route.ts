import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { getWeb } from '#lib/web'
import { authOptions } from '../../../_server/auth-options'
import { refuseKnock } from '../../../_server/door-knock'
import { isFromOurPage } from '../../../_server/from-our-page'

type Context = { params: Promise<{ nextauth: string[] }> }

/** What is used of next-auth. Its own session, sign-out, provider list and log addresses do not exist here. */
const READS = new Set(['csrf', 'signin', 'error', 'callback/oidc'])
const POSTS = new Set(['callback/link', 'callback/passkey', 'callback/recovery', 'signin/oidc'])
/** An assertion with room to spare; `lib/wire/auth` bounds its members. */
const MOST_BYTES = 32 * 1024
const FORM = /^application\/x-www-form-urlencoded(;|$)/i

/** The way back from single sign-on and the anti-forgery token. The issuer's answer carries state, nonce and PKCE. */
export async function GET(request: NextRequest, context: Context): Promise<Response> {
  const path = await pathOf(context)
  if (!READS.has(path)) return new Response(null, { status: 404 })
  return (await refuseKnock(request, path)) ?? (await door(request, context))
}

/** Signing in. On top of next-auth's own token, only from a page of ours. */
export async function POST(request: NextRequest, context: Context): Promise<Response> {
  const path = await pathOf(context)
  if (!POSTS.has(path)) return new Response(null, { status: 404 })
  if (!(await isFromOurPage())) return new Response(null, { status: 403 })
  // next-auth takes JSON too: one form alone is counted by what it names.
  if (!FORM.test(request.headers.get('content-type') ?? ''))
    return new Response(null, { status: 415 })
  // Node reads no more of a body than its length says.
  const length = request.headers.get('content-length')
  if (length === null) return new Response(null, { status: 411 })
  if (!(Number(length) <= MOST_BYTES)) return new Response(null, { status: 413 })
  return (await refuseKnock(request, path)) ?? (await door(request, context))
}

async function pathOf({ params }: Context): Promise<string> {
  return (await params).nextauth.join('/')
}

async function door(request: NextRequest, context: Context): Promise<Response> {
  const answer: unknown = await NextAuth(
    // Its types know the Pages Router alone; it tells the two apart by `params`.
    request as never,
    context as never,
    authOptions(getWeb().runtime),
  )
  return answer instanceof Response ? answer : new Response(null, { status: 500 })
}
