import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cookieName, isPageNonce, NONCE_BYTES, pageNonce } from '#lib/auth/page-nonce'
import { SESSION_MS } from '#lib/auth/session'
import { clientAddress } from '#lib/client-address'
import type { Config } from '#lib/config'
import { SECOND_MS } from '#lib/core/durations'
import { FILE_PATHS, FILE_POLICY } from '#lib/wire/files'

/** Of every answer, whoever gives it. */
export function protect(response: ServerResponse, { publicUrl }: Pick<Config, 'publicUrl'>): void {
  // Whoever came once over HTTPS comes by nothing else for a year.
  if (publicUrl.startsWith('https:')) {
    response.setHeader('strict-transport-security', 'max-age=31536000')
  }
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
}

/** Of what is no page: nothing of it is ever drawn, run or framed, even where a browser is led to it. */
export function protectData(response: ServerResponse): void {
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  response.setHeader('referrer-policy', 'no-referrer')
}

/** Of every page. Next puts the nonce of the request's policy on its own scripts, so no other script runs. */
export function protectPage(
  request: IncomingMessage,
  response: ServerResponse,
  { development: isDevelopment }: Pick<Config, 'development'>,
): void {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const policy = FILE_PATHS.test(path) ? FILE_POLICY : pagePolicy(isDevelopment)
  request.headers['content-security-policy'] = policy
  response.setHeader('content-security-policy', policy)
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader(
    'permissions-policy',
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
  )
}

function pagePolicy(isDevelopment: boolean): string {
  const nonce = randomBytes(NONCE_BYTES).toString('base64')
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self'${isDevelopment ? " 'unsafe-inline'" : ''}`,
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** PUBLIC_URL alone says where this is: Next compares a form's Origin with it and builds its own addresses on it. */
export function nameHost(request: IncomingMessage, publicUrl: string): void {
  const { host, protocol } = new URL(publicUrl)
  request.headers.host = host
  request.headers['x-forwarded-host'] = host
  request.headers['x-forwarded-proto'] = protocol.replace(':', '')
}

/** What pages read as the client's address is ours to say, and never what the client wrote. */
export function nameClient(
  request: IncomingMessage,
  { trustedProxies }: Pick<Config, 'trustedProxies'>,
): void {
  const sent = request.headers['x-forwarded-for']
  const forwarded = Array.isArray(sent) ? sent.join(',') : sent
  const address = clientAddress(request.socket.remoteAddress, forwarded, trustedProxies)
  request.headers['x-forwarded-for'] = address
}

/** Next's own files, and answers for scripts, come to a page that has its nonce already. */
const NOT_PAGES = /^\/(_next|api)\//

/** Gives a page the nonce that whatever it sends has to bring along, unless the browser has one for this session. */
export function giveNonce(
  request: IncomingMessage,
  response: ServerResponse,
  config: Pick<Config, 'secret' | 'publicUrl'>,
): void {
  if (request.method !== 'GET' || NOT_PAGES.test(request.url ?? '/')) return
  const name = cookieName(config.publicUrl, 'nonce')
  const session = sentCookie(request, cookieName(config.publicUrl, 'session')) ?? ''
  if (isPageNonce(config, session, sentCookie(request, name))) return
  const value = pageNonce(config, session, randomBytes(NONCE_BYTES))
  const secure = config.publicUrl.startsWith('https:') ? '; Secure' : ''
  response.appendHeader(
    'set-cookie',
    `${name}=${value}; Path=/; Max-Age=${SESSION_MS / SECOND_MS}; HttpOnly; SameSite=Strict${secure}`,
  )
}

/** As the browser sent it: what these cookies hold needs no escaping. */
function sentCookie({ headers }: IncomingMessage, name: string): string | undefined {
  const parts = (headers.cookie ?? '').split(';').map((part) => part.trim())
  return parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1)
}
