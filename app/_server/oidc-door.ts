import { decodeJwt } from 'jose'
import type { NextAuthOptions } from 'next-auth'
import { fillClaims, isThin } from '#lib/auth/oidc-claims'
import type { OidcConfig } from '#lib/config'
import { SECOND_MS } from '#lib/core/durations'

type Provider = NextAuthOptions['providers'][number]

const ANSWER_MS = 10 * SECOND_MS

/**
 * Single sign-on by any issuer that has a discovery document (OpenID Connect Discovery 1.0): authorization code with state, nonce
 * and PKCE. The library checks signature, issuer, audience, times and nonce of the ID token before anything of it is read here.
 */
export function oidcDoor(oidc: OidcConfig): Provider {
  return {
    id: 'oidc',
    name: oidc.name,
    type: 'oauth',
    wellKnown: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: oidc.scope } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    httpOptions: { timeout: ANSWER_MS },
    userinfo: {
      request: async ({ client, tokens }) => {
        const claims = decodeJwt(tokens.id_token ?? '')
        const hasMore = client.issuer.metadata.userinfo_endpoint !== undefined
        if (!(hasMore && isThin(claims, oidc))) return claims
        const userinfo = await client.userinfo(tokens.access_token ?? '')
        // Section 5.3.2: it could be about somebody else.
        if (userinfo.sub !== claims.sub) throw new Error('The userinfo is about another subject')
        return fillClaims(claims, userinfo, oidc)
      },
    },
    profile: (profile: { sub: string }) => ({ id: profile.sub }),
  }
}
