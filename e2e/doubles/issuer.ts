import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

/** An OpenID Connect issuer at the network's edge (OpenID Connect Core 1.0, code flow with PKCE), which asks nobody anything. */
export interface Issuer {
  url: string
  /** Claims of the next ID token. Members that are set here replace those that are right. */
  next: JWTPayload
  /** Every `redirect_uri` that was asked for. */
  redirectUris: string[]
  close(): Promise<void>
}

export const CLIENT = { id: 'countersign', secret: 'a client secret for tests' }

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const asked = new Map<string, string>()
  const issuer: Issuer = {
    url,
    next: {},
    redirectUris: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return send(response, {
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          jwks_uri: `${url}/jwks`,
        })
      case '/jwks':
        return send(response, { keys: [jwk] })
      case '/authorize':
        return authorize(searchParams, response)
      case '/token':
        return send(response, {
          access_token: 'unused',
          token_type: 'Bearer',
          id_token: await idToken(new URLSearchParams(await bodyOf(request))),
        })
      default:
        response.writeHead(404).end()
    }
  }

  function authorize(asks: URLSearchParams, response: ServerResponse): void {
    const back = new URL(asks.get('redirect_uri') ?? '')
    issuer.redirectUris.push(back.href)
    const code = `code-${asked.size}`
    asked.set(code, asks.get('nonce') ?? '')
    back.searchParams.set('code', code)
    back.searchParams.set('state', asks.get('state') ?? '')
    response.writeHead(302, { location: back.href }).end()
  }

  function idToken(form: URLSearchParams): Promise<string> {
    const nonce = asked.get(form.get('code') ?? '') ?? ''
    const iat = Math.floor(Date.now() / 1000)
    const times = { iat, exp: iat + 300 }
    const right = { iss: url, aud: CLIENT.id, sub: 'subject', nonce, email_verified: true }
    return new SignJWT({ ...right, ...times, ...issuer.next })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(privateKey)
  }

  return issuer
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
