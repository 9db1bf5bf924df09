import { existsSync } from 'node:fs'
import { BlockList } from 'node:net'
import type { z } from 'zod'
import type { TrustedProxies } from './client-address'
import { environment } from './environment'
import type { Allowed } from './notify/webhook/address-guard'

export interface Config {
  /** The console is served from its sources, and reloads. */
  development: boolean
  databaseUrl: string
  /** Where migrations are applied. */
  migrationDatabaseUrl: string
  databasePoolMax: number
  /** The database is the embedded one, so demo data is allowed. */
  embedded: boolean
  redisUrl: string | null
  /** Origin without a slash at the end, such as https://countersign.example */
  publicUrl: string
  port: number
  /** Whose X-Forwarded-For is believed; null: nobody's. */
  trustedProxies: TrustedProxies | null
  /** Knocks of one client address at one door of signing in, in five minutes. */
  signInPerAddress: number
  /** What one caller may have held at a time, and submit in a minute. */
  callerLimits: { open: number; perMinute: number }
  /** Who may read /metrics; null: nobody. */
  metricsToken: string | null
  /** Where webhooks may go beyond the public Internet. */
  webhookAllowed: Allowed
  secret: string
  dataFolder: string
  organisation: string
  firstAdminEmail: string
  stage0: { url: string; key: string; timeoutMs: number } | null
  oidc: OidcConfig | null
  /** Null: no mail is sent. */
  mail: { smtpUrl: string; from: string } | null
  slack: SlackConfig | null
  logLevel: z.infer<typeof environment>['LOG_LEVEL']
  tokenAlg: 'EdDSA' | 'ES256'
  timeZone: string
}

export interface OidcConfig {
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button calls it. */
  name: string
  /** With spaces between. */
  scope: string
  /** Which value of which claim puts into which group; null: none does. */
  groups: { claim: string; pairs: readonly { value: string; group: string }[] } | null
}

export interface SlackConfig {
  appId: string
  /** Null only in Socket Mode, where Slack opens no connection to us. */
  signingSecret: string | null
  /** For installing from the console. */
  client: { id: string; secret: string } | null
  /** Installed in Slack itself. */
  botToken: string | null
  /** Socket Mode. */
  appToken: string | null
  databaseUrl: string | null
  /** Ends with a slash. */
  apiUrl: string
}

/** What is wrong with the environment, one sentence a variable. Never holds a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly sentences: string[]

  constructor(sentences: string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

/**
 * Reads an environment. A variable set to nothing counts as not set.
 *
 * @throws ConfigError
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(set, { error: missingOrOdd })
  const sentences = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`)
  sentences.push(
    ...together(set, ['STAGE0_URL', 'STAGE0_KEY']),
    ...together(set, ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']),
    ...together(set, ['OIDC_GROUPS_CLAIM', 'OIDC_GROUPS']),
    ...goesWith(set, 'OIDC_GROUPS', 'OIDC_ISSUER'),
    ...together(set, ['SMTP_URL', 'MAIL_FROM']),
    ...together(set, ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET']),
    ...slackFaults(set),
  )
  if (!parsed.success || sentences.length > 0) throw new ConfigError(sentences)
  return shape(parsed.data)
}

const NOWHERE_ELSE: Allowed = { hosts: [], networks: new BlockList() }

let current: Config | null = null

/** The configuration of this process, from its environment and a `.env` file beside it. Read once. */
export function readConfig(): Config {
  if (!current) {
    loadEnvFile()
    current = parseConfig(process.env)
  }
  return current
}

/** Libraries that read the environment themselves hear what was worked out here: next-auth builds every address on this. */
export function tellLibraries({ publicUrl }: Pick<Config, 'publicUrl'>): void {
  process.env['NEXTAUTH_URL'] = publicUrl
}

/** Adds what a `.env` file in the working directory sets and the environment does not. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
}

function shape(env: z.infer<typeof environment>): Config {
  return {
    development: env.NODE_ENV === 'development',
    databaseUrl: env.DATABASE_URL,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL,
    databasePoolMax: env.DATABASE_POOL_MAX,
    embedded: env.COUNTERSIGN_EMBEDDED === 'true',
    redisUrl: env.REDIS_URL ?? null,
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    port: env.PORT,
    trustedProxies: env.TRUSTED_PROXIES ?? null,
    signInPerAddress: env.SIGN_IN_PER_ADDRESS,
    callerLimits: { open: env.CALLER_OPEN_LIMIT, perMinute: env.CALLER_SUBMITS_PER_MINUTE },
    metricsToken: env.METRICS_TOKEN ?? null,
    webhookAllowed: env.WEBHOOK_ALLOWED ?? NOWHERE_ELSE,
    secret: env.COUNTERSIGN_SECRET,
    dataFolder: env.COUNTERSIGN_DATA,
    organisation: env.ORGANISATION,
    firstAdminEmail: env.FIRST_ADMIN_EMAIL,
    stage0:
      env.STAGE0_URL && env.STAGE0_KEY
        ? { url: env.STAGE0_URL, key: env.STAGE0_KEY, timeoutMs: env.STAGE0_TIMEOUT_MS }
        : null,
    oidc: oidcOf(env),
    mail: env.SMTP_URL && env.MAIL_FROM ? { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM } : null,
    slack: slackOf(env),
    logLevel: env.LOG_LEVEL,
    tokenAlg: env.TOKEN_ALG,
    timeZone: env.TIME_ZONE,
  }
}

function oidcOf(env: z.infer<typeof environment>): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env
  if (!issuer || !clientId || !clientSecret) return null
  const { OIDC_NAME: name, OIDC_SCOPE: scope } = env
  const { OIDC_GROUPS_CLAIM: claim, OIDC_GROUPS: pairs } = env
  const groups = claim && pairs ? { claim, pairs } : null
  return { issuer, clientId, clientSecret, name, scope, groups }
}

function slackOf(env: z.infer<typeof environment>): SlackConfig | null {
  if (!env.SLACK_APP_ID) return null
  const { SLACK_CLIENT_ID: id, SLACK_CLIENT_SECRET: secret } = env
  return {
    appId: env.SLACK_APP_ID,
    signingSecret: env.SLACK_SIGNING_SECRET ?? null,
    client: id && secret ? { id, secret } : null,
    botToken: env.SLACK_BOT_TOKEN ?? null,
    appToken: env.SLACK_APP_TOKEN ?? null,
    databaseUrl: env.SLACK_DATABASE_URL ?? null,
    apiUrl: env.SLACK_API_URL.endsWith('/') ? env.SLACK_API_URL : `${env.SLACK_API_URL}/`,
  }
}

/** Slack half set up would be a door without a lock, or a lock without a door. */
function slackFaults(env: Record<string, string | undefined>): string[] {
  const names = Object.keys(environment.shape).filter((name) => name.startsWith('SLACK_'))
  if (!names.some((name) => env[name] !== undefined)) return []
  const faults: string[] = []
  if (!env['SLACK_APP_ID'])
    faults.push('SLACK_APP_ID is missing: it goes with the others of Slack.')
  if (!env['SLACK_SIGNING_SECRET'] && !env['SLACK_APP_TOKEN']) {
    faults.push('SLACK_SIGNING_SECRET is missing: without it anybody could speak as Slack.')
  }
  if (!env['SLACK_BOT_TOKEN'] && !env['SLACK_CLIENT_ID']) {
    faults.push(
      'SLACK_CLIENT_ID is missing: with it, or with SLACK_BOT_TOKEN, the app is installed.',
    )
  }
  return faults
}

/** Half a setting would silently mean none: all of these or none of them. */
function together(env: Record<string, string | undefined>, names: string[]): string[] {
  const missing = names.filter((name) => env[name] === undefined)
  if (missing.length === 0 || missing.length === names.length) return []
  return missing.map((name) => `${name} is missing: it goes with ${names[0]}.`)
}

/** A setting that says nothing without another one. */
function goesWith(env: Record<string, string | undefined>, name: string, other: string): string[] {
  if (env[name] === undefined || env[other] !== undefined) return []
  return [`${other} is missing: ${name} goes with it.`]
}

function missingOrOdd(issue: { code?: string; input?: unknown; values?: unknown[] }): string {
  if (issue.input === undefined) return 'is not set'
  if (issue.code === 'invalid_value') return `must be one of ${issue.values?.join(', ')}`
  return 'is not valid'
}
