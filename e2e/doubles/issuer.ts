import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { Provider } from 'oidc-provider'

/** An account at the issuer, as its claims tell it. */
export interface Account extends JWTPayload {
  sub: string
}

/** What is done to an ID token on its way back, by somebody who may even have the issuer's key. */
export interface Forgery {
  claims?: JWTPayload
  /** `own`: the issuer's; `none`: unsigned (RFC 7519, section 6); `other`: made up. */
  by?: 'own' | 'none' | 'other'
}

/** A certified OpenID Connect provider whose people are signed in by being named here, and consent to everything. */
export interface Issuer {
  url: string
  /** Who signs in next. */
  account: Account
  forgery: Forgery | null
  close(): Promise<void>
}

export const CLIENT = { id: 'countersign', secret: 'a client secret for tests' }
const SCOPE = 'openid email profile'
const INTERACTION = '/interaction/'
/** Seconds. */
const LIFE = 600
const ALG = 'RS256'
const KID = 'one'

export async function startIssuer({ redirectUri }: { redirectUri: string }): Promise<Issuer> {
  const key = await newKey()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: Issuer = {
    url,
    account: { sub: 'nobody' },
    forgery: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const provider = providerOf(issuer, { redirectUri, key })
  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith(INTERACTION)) return void answer(request, response)
    const login = { accountId: issuer.account.sub, remember: false }
    void provider.interactionFinished(request, response, { login })
  })
  return issuer
}

function providerOf(
  issuer: Issuer,
  { redirectUri, key }: { redirectUri: string; key: JWK },
): Provider {
  const provider = new Provider(issuer.url, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [key] },
    // As most do: the ID token names the subject, and the rest is at the userinfo endpoint.
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    ttl: { Interaction: LIFE, Grant: LIFE, Session: LIFE, AccessToken: LIFE, IdToken: LIFE },
    pkce: { required: () => true },
    cookies: { keys: ['a key for tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ ...issuer.account, sub }),
    }),
    interactions: { url: (_context, { uid }) => INTERACTION + uid },
    loadExistingGrant: async ({ oidc }) => {
      const accountId = oidc.session?.accountId
      const grant = new oidc.provider.Grant({
        clientId: CLIENT.id,
        ...(accountId && { accountId }),
      })
      grant.addOIDCScope(SCOPE)
      await grant.save()
      return grant
    },
  })
  provider.use(async (context, next) => {
    await next()
    const { body } = context
    const { forgery } = issuer
    if (forgery === null || typeof body !== 'object' || body === null) return
    if (!('id_token' in body) || typeof body.id_token !== 'string') return
    context.body = { ...body, id_token: await forged(body.id_token, forgery, key) }
  })
  return provider
}

async function forged(idToken: string, { claims, by = 'own' }: Forgery, own: JWK): Promise<string> {
  const payload = { ...decodeJwt(idToken), ...claims }
  if (by === 'none') return new UnsecuredJWT(payload).encode()
  const key = await importJWK(by === 'own' ? own : await newKey(), ALG)
  return await new SignJWT(payload).setProtectedHeader({ alg: ALG, kid: KID }).sign(key)
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALG, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: KID, alg: ALG, use: 'sig' }
}
