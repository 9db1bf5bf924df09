import { z } from 'zod'
import { readTrustedProxies } from './client-address'
import { readAllowed } from './notify/webhook/address-guard'

const MIN_SECRET_CHARS = 32
const MIN_SIGNING_SECRET_CHARS = 16
const MIN_METRICS_TOKEN_CHARS = 16
/** As policy names a group. */
const GROUP = /^[a-z][a-z0-9_]{0,63}$/

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
const trustedProxies = z.string().transform((text, context) => {
  const read = readTrustedProxies(text)
  if (read !== null) return read
  context.addIssue({
    code: 'custom',
    message: 'must be a number of proxies from 1 to 10, or their addresses with commas between',
  })
  return z.NEVER
})
const webhookAllowed = z.string().transform((text, context) => {
  const read = readAllowed(text)
  if (read !== null) return read
  context.addIssue({
    code: 'custom',
    message: 'must be host names, addresses or networks (10.0.0.0/8) with commas between',
  })
  return z.NEVER
})
const issuer = remoteUrl.refine(
  (text) => !URL.canParse(text) || !text.startsWith('http:') || isThisMachine(new URL(text)),
  'must be an https address; plain http is allowed for this machine only',
)
const oidcGroups = z.string().transform((text, context) => {
  const pairs = readGroupPairs(text)
  if (typeof pairs !== 'string') return pairs
  context.addIssue({ code: 'custom', message: pairs })
  return z.NEVER
})
const smtpUrl = z
  .string()
  .regex(/^smtps?:\/\//, 'must begin with smtps:// or smtp://')
  .refine((text) => URL.canParse(text) && new URL(text).hostname !== '', 'is not a URL')
const mailFrom = z
  .string()
  .regex(
    /^(?:[^<>"\r\n]{1,100} )?<[^\s<>@"]+@[^\s<>@"]+>$|^[^\s<>@"]+@[^\s<>@"]+$/,
    'must be one address, such as Countersign <countersign@example.com>',
  )
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
  TRUSTED_PROXIES: trustedProxies
    .optional()
    .describe(
      'Reverse proxies whose X-Forwarded-For is believed: how many stand in a row, or their addresses (10.0.0.0/8, fd00::/8). Without it everybody behind a proxy is one client to the limits on signing in.',
    ),
  SIGN_IN_PER_ADDRESS: whole(5, 100_000)
    .default(60)
    .describe(
      'How often one client address may knock at one door of signing in, in five minutes. More where many people share an address.',
    ),
  CALLER_OPEN_LIMIT: whole(1, 100_000)
    .default(200)
    .describe('Most requests of one caller that are held at a time.'),
  CALLER_SUBMITS_PER_MINUTE: whole(1, 1_000_000)
    .default(600)
    .describe('Most requests that one caller submits in a minute.'),
  WEBHOOK_ALLOWED: webhookAllowed
    .optional()
    .describe(
      'Hosts and networks of your own that webhooks may reach although they are private, by any port and without TLS (hooks.internal, 10.1.0.0/16). Without it only public https addresses are.',
    ),
  METRICS_TOKEN: z
    .string()
    .min(MIN_METRICS_TOKEN_CHARS, `must have at least ${MIN_METRICS_TOKEN_CHARS} characters`)
    .optional()
    .describe(
      'Bearer token with which Prometheus reads /metrics: at least 16 random characters. Without it there is no such address.',
    ),
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
  OIDC_ISSUER: issuer.optional().describe('OpenID Connect issuer that people sign in with.'),
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
  OIDC_SCOPE: z
    .string()
    .refine(
      (text) => ['openid', 'email'].every((scope) => text.split(' ').includes(scope)),
      'must hold openid and email, with a space between',
    )
    .default('openid email profile')
    .describe('What OIDC_ISSUER is asked for; some want one more for groups.'),
  OIDC_GROUPS_CLAIM: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Claim in which OIDC_ISSUER names the groups of a person, such as groups.'),
  OIDC_GROUPS: oidcGroups
    .optional()
    .describe(
      'Which value of OIDC_GROUPS_CLAIM puts into which group here, for 12 hours from each sign-in: value:group pairs with commas between. Never the group admins.',
    ),
  SMTP_URL: smtpUrl
    .optional()
    .describe(
      'Mail server for one-time links: smtps://user:password@host, or smtp:// with STARTTLS. Without it no mail is sent.',
    ),
  MAIL_FROM: mailFrom.optional().describe('Whom mail comes from. Goes with SMTP_URL.'),
  SLACK_APP_ID: z
    .string()
    .regex(/^A[A-Z0-9]+$/, 'must be an app id such as A0123456789')
    .optional()
    .describe('The Slack app that this is (Basic Information, App ID). Turns Slack on.'),
  SLACK_SIGNING_SECRET: z
    .string()
    .min(MIN_SIGNING_SECRET_CHARS, `must have at least ${MIN_SIGNING_SECRET_CHARS} characters`)
    .optional()
    .describe('Proves that a request comes from Slack (Basic Information, Signing Secret).'),
  SLACK_CLIENT_ID: z
    .string()
    .min(1)
    .optional()
    .describe('For installing the app from the console (Basic Information, Client ID).'),
  SLACK_CLIENT_SECRET: z
    .string()
    .min(1)
    .optional()
    .describe('Goes with SLACK_CLIENT_ID (Basic Information, Client Secret).'),
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith('xoxb-', 'must begin with xoxb-')
    .optional()
    .describe(
      'Bot token of an app that was installed in Slack itself; instead of SLACK_CLIENT_ID.',
    ),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must begin with xapp-')
    .optional()
    .describe('App-level token: Slack is heard over Socket Mode, by a process of its own.'),
  SLACK_DATABASE_URL: databaseUrl
    .optional()
    .describe('DATABASE_URL of the Socket Mode process, as a member of countersign_slack.'),
  SLACK_API_URL: remoteUrl
    .default('https://slack.com/api/')
    .describe("Slack's Web API; another one only for an emulator."),
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

function isThisMachine({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]'
  )
}

/** A claim's value may hold colons: the last one ends it. @returns the fault, for people */
function readGroupPairs(text: string): { value: string; group: string }[] | string {
  const pairs = text.split(',').map((pair) => {
    const at = pair.lastIndexOf(':')
    return { value: pair.slice(0, Math.max(at, 0)).trim(), group: pair.slice(at + 1).trim() }
  })
  if (pairs.some(({ value, group }) => value === '' || !GROUP.test(group))) {
    return 'must be value:group pairs with commas between, each group as policy names it'
  }
  if (pairs.some(({ group }) => group === 'admins')) {
    return 'cannot map to admins: who is one is decided here, by two'
  }
  return pairs
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
