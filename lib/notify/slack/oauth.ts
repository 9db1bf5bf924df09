import { LogLevel, WebClient } from '@slack/web-api'
import { answerOf, type SlackAnswer } from './answer'

export interface TokenSet {
  botToken: string
  /** With token rotation. */
  refreshToken: string | null
  expiresInMs: number | null
}

export interface Installation extends TokenSet {
  appId: string
  botUserId: string
  scopes: string[]
  /** Null: the whole organisation was chosen. */
  team: { id: string; name: string } | null
  enterpriseId: string
  isEnterpriseWide: boolean
}

export interface SlackClientCredentials {
  apiUrl: string
  client: { id: string; secret: string }
}

/** Well within the lease of whoever refreshes. */
const TIMEOUT_MS = 6_000

/** A client without a token: each call brings its own. It never retries, waits for nothing and logs nothing. */
export function createWebClient(apiUrl: string, timeout: number): WebClient {
  const nothing = () => undefined
  return new WebClient(undefined, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    // Its messages hold requests; whatever failed is in the answer.
    logger: {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: nothing,
      setLevel: nothing,
      getLevel: () => LogLevel.ERROR,
      setName: nothing,
    },
  })
}

/** Exchanges the code that Slack brought the admin back with (oauth.v2.access). */
export async function exchangeCode(
  { apiUrl, client }: SlackClientCredentials,
  { code, redirectUri }: { code: string; redirectUri: string },
): Promise<SlackAnswer<Installation>> {
  return await answerOf(async () => {
    const answer = await createWebClient(apiUrl, TIMEOUT_MS).oauth.v2.access({
      client_id: client.id,
      client_secret: client.secret,
      code,
      redirect_uri: redirectUri,
    })
    const { id: teamId, name: teamName } = answer.team ?? {}
    return {
      ...tokensOf(answer),
      appId: answer.app_id ?? '',
      botUserId: answer.bot_user_id ?? '',
      scopes: answer.scope?.split(',') ?? [],
      team: teamId ? { id: teamId, name: teamName ?? teamId } : null,
      enterpriseId: answer.enterprise?.id ?? '',
      isEnterpriseWide: answer.is_enterprise_install === true,
    }
  })
}

/** The next pair of tokens (oauth.v2.access with a refresh token, which that uses up). */
export async function refreshTokens(
  { apiUrl, client }: SlackClientCredentials,
  refreshToken: string,
): Promise<SlackAnswer<TokenSet>> {
  return await answerOf(async () =>
    tokensOf(
      await createWebClient(apiUrl, TIMEOUT_MS).oauth.v2.access({
        client_id: client.id,
        client_secret: client.secret,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }),
    ),
  )
}

/** Makes a token worthless (auth.revoke). */
export async function revokeToken(apiUrl: string, token: string): Promise<SlackAnswer<undefined>> {
  return await answerOf(async () => {
    await createWebClient(apiUrl, TIMEOUT_MS).auth.revoke({ token })
    return undefined
  })
}

/** Who a token speaks as (auth.test). */
export async function testToken(
  apiUrl: string,
  token: string,
): Promise<SlackAnswer<SlackIdentity>> {
  return await answerOf(async () => {
    const answer = await createWebClient(apiUrl, TIMEOUT_MS).auth.test({ token })
    return {
      teamId: answer.team_id ?? '',
      teamName: answer.team ?? answer.team_id ?? '',
      enterpriseId: answer.enterprise_id ?? '',
      botUserId: answer.user_id ?? '',
      isEnterpriseWide: answer.is_enterprise_install === true,
    }
  })
}

export interface SlackIdentity {
  teamId: string
  teamName: string
  enterpriseId: string
  botUserId: string
  isEnterpriseWide: boolean
}

function tokensOf(answer: {
  access_token?: string
  refresh_token?: string
  expires_in?: number
}): TokenSet {
  if (!answer.access_token) throw new Error('Slack gave no token')
  return {
    botToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    expiresInMs: answer.expires_in === undefined ? null : answer.expires_in * 1_000,
  }
}
