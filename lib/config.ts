import { existsSync } from 'node:fs'
import { z } from 'zod'

const MIN_SECRET_CHARS = 32

const origin = z.string().transform((text, context) => {
  const fault = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  if (!URL.canParse(text)) return fault('is not a URL')
  const url = new URL(text)
  const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
    return fault('must be an https address; plain http is allowed for localhost only')
  }
  if (url.href !== `${url.origin}/`) return fault('must be an origin alone: no path, query or user')
  return url.origin
})

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
  .refine((text) => URL.canParse(text), 'is not a URL')
const redisUrl = z
  .string()
  .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
  .refine((text) => URL.canParse(text), 'is not a URL')
const remoteUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
const timeZone = z.string().refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin')
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))

/** Every variable the product reads, with a sentence for people. `.env.example` holds the same list. */
export const environment = z.object({
  DATABASE_URL: databaseUrl.describe(
    'PostgreSQL to use (postgresql://user:password@host/database). Without it, `npm start` brings up an embedded one.',
  ),
  MIGRATION_DATABASE_URL: databaseUrl
    .optional()
    .describe(
      'The same database as the owner of its tables, for migrations; DATABASE_URL may then log in as a member of countersign_app, who cannot change the audit trail.',
    ),
  COUNTERSIGN_EMBEDDED: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Set by `npm start` itself when the database is the embedded one; allows demo data.'),
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('production')
    .describe('Set by the npm scripts: development serves the console unbuilt.'),
  DATABASE_POOL_MAX: whole(1, 200)
    .default(10)
    .describe('Most database connections that one process opens.'),
  REDIS_URL: redisUrl
    .optional()
    .describe(
      'Redis for the job queues, with maxmemory-policy noeviction. Without it they live in PostgreSQL.',
    ),
  PUBLIC_URL: origin
    .optional()
    .describe(
      'The address people and callers use. Fixes every link, the issuer of tokens and the passkeys: choose it once.',
    ),
  PORT: whole(1, 65_535).default(3000).describe('Port the web process listens on.'),
  COUNTERSIGN_SECRET: z
    .string()
    .min(MIN_SECRET_CHARS, `must have at least ${MIN_SECRET_CHARS} characters`)
    .describe(
      'Encrypts keys and authenticator secrets at rest: at least 32 random characters. Losing it loses them.',
    ),
  COUNTERSIGN_DATA: z
    .string()
    .default('.data')
    .describe('Folder for the embedded database and its secret.'),
  ORGANISATION: z
    .string()
    .min(1)
    .max(120)
    .default('Countersign')
    .describe('Name of the organisation, as people see it.'),
  FIRST_ADMIN_EMAIL: z
    .email()
    .default('admin@localhost.localdomain')
    .describe(
      'E-mail address of the admin that a first start makes; single sign-on knows them by it.',
    ),
  STAGE0_URL: remoteUrl
    .optional()
    .describe('Stage0 decision point that is asked as well; it can only tighten a verdict.'),
  STAGE0_KEY: z.string().min(1).optional().describe('API key for STAGE0_URL.'),
  STAGE0_TIMEOUT_MS: whole(50, 30_000)
    .default(2000)
    .describe('How long to wait for Stage0 before the request is held, in milliseconds.'),
  OIDC_ISSUER: remoteUrl.optional().describe('OpenID Connect issuer that people sign in with.'),
  OIDC_CLIENT_ID: z
    .string()
    .min(1)
    .optional()
    .describe('Client id at OIDC_ISSUER, where the way back is PUBLIC_URL/api/auth/callback/oidc.'),
  OIDC_CLIENT_SECRET: z.string().min(1).optional().describe('Client secret at OIDC_ISSUER.'),
  OIDC_NAME: z
    .string()
    .min(1)
    .default('single sign-on')
    .describe('What the sign-in button calls OIDC_ISSUER.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe log line that is written.'),
  TOKEN_ALG: z
    .enum(['EdDSA', 'ES256'])
    .default('EdDSA')
    .describe('Signature of new allow tokens: EdDSA (Ed25519) or ES256.'),
  TIME_ZONE: timeZone
    .default('UTC')
    .describe('IANA time zone in which the console shows absolute times.'),
})

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
  secret: string
  dataFolder: string
  organisation: string
  firstAdminEmail: string
  stage0: { url: string; key: string; timeoutMs: number } | null
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | null
  logLevel: z.infer<typeof environment>['LOG_LEVEL']
  tokenAlg: 'EdDSA' | 'ES256'
  timeZone: string
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
  )
  if (!parsed.success || sentences.length > 0) throw new ConfigError(sentences)
  return shape(parsed.data)
}

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
    secret: env.COUNTERSIGN_SECRET,
    dataFolder: env.COUNTERSIGN_DATA,
    organisation: env.ORGANISATION,
    firstAdminEmail: env.FIRST_ADMIN_EMAIL,
    stage0:
      env.STAGE0_URL && env.STAGE0_KEY
        ? { url: env.STAGE0_URL, key: env.STAGE0_KEY, timeoutMs: env.STAGE0_TIMEOUT_MS }
        : null,
    oidc:
      env.OIDC_ISSUER && env.OIDC_CLIENT_ID && env.OIDC_CLIENT_SECRET
        ? {
            issuer: env.OIDC_ISSUER,
            clientId: env.OIDC_CLIENT_ID,
            clientSecret: env.OIDC_CLIENT_SECRET,
            name: env.OIDC_NAME,
          }
        : null,
    logLevel: env.LOG_LEVEL,
    tokenAlg: env.TOKEN_ALG,
    timeZone: env.TIME_ZONE,
  }
}

/** Half a setting would silently mean none: all of these or none of them. */
function together(env: Record<string, string | undefined>, names: string[]): string[] {
  const missing = names.filter((name) => env[name] === undefined)
  if (missing.length === 0 || missing.length === names.length) return []
  return missing.map((name) => `${name} is missing: it goes with ${names[0]}.`)
}

function missingOrOdd(issue: { code?: string; input?: unknown; values?: unknown[] }): string {
  if (issue.input === undefined) return 'is not set'
  if (issue.code === 'invalid_value') return `must be one of ${issue.values?.join(', ')}`
  return 'is not valid'
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
