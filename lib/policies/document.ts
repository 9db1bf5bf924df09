import { z } from 'zod'
import { DAY_MS, HOUR_MS, parseDuration } from '#lib/core/durations'
import { isKnownZone } from '#lib/core/policy/zone-clock'

/** Bounds of a policy document, so that compiling and evaluating stay quick. */
const MOST = {
  rules: 500,
  tools: 1_000,
  names: 200,
  holidays: 500,
  freezes: 100,
  tree: 10,
} as const

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,63}$/,
    'A name is lower-case letters, digits and _, and begins with a letter.',
  )
const label = z.string().min(1).max(120)
const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: 'Write a duration such as 30m, 24h or 7d.' })
  return z.NEVER
})
const instant = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/,
    'Write an RFC 3339 time with Z or an offset.',
  )
  .transform((text, context) => {
    const at = Date.parse(text)
    if (Number.isFinite(at)) return at
    context.addIssue({ code: 'custom', message: 'There is no such time.' })
    return z.NEVER
  })
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'Write a date as YYYY-MM-DD.')
  .refine(isDate, 'There is no such date.')
const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'Write a time of day as HH:MM, 00:00 to 24:00.')

const hours = z
  .strictObject({
    days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
    from: clock,
    to: clock,
  })
  .refine(
    ({ from, to }) => from < to,
    'The end is not after the beginning; split hours at midnight.',
  )
const freeze = z
  .strictObject({ from: instant, until: instant, reason: label })
  .refine(({ from, until }) => from < until, 'The end is not after the beginning.')

const calendar = z.strictObject({
  label,
  zone: z.string().refine(isKnownZone, 'This is not a time zone of the IANA database.'),
  hours: z.array(hours).max(50),
  holidays: z.array(date).max(MOST.holidays).default([]),
  freezes: z.array(freeze).max(MOST.freezes).default([]),
})

const channel = z.enum(['web', 'slack'])

/** A tree as written: `{group, count}`, `{all: […]}` or `{any: […]}`. Which of the three is checked when it is compiled. */
const tree = z.strictObject({
  group: name.optional(),
  count: z.int().min(1).max(50).optional(),
  get all() {
    return z.array(tree).min(1).max(MOST.tree).optional()
  },
  get any() {
    return z.array(tree).min(1).max(MOST.tree).optional()
  },
})
export type TreeDocument = z.infer<typeof tree>

const approval = tree.extend({
  via: z.array(channel).min(1).default(['web', 'slack']),
  mfa: z.enum(['none', 'any', 'phishing_resistant']).default('any'),
  slack_totp: z.boolean().default(false),
  vote_max_age: duration.default(DAY_MS),
})
export type ApprovalDocument = z.infer<typeof approval>

const evidenceTerms = {
  from: z.enum(['human', 'human_or_caller']).default('human'),
  max_age: duration.nullable().default(null),
  approve_before_evidence: z.boolean().default(false),
}

/** One demand. Which of its members is there is checked when it is compiled. */
const demand = z.strictObject({
  approval: approval.optional(),
  mfa: z.enum(['any', 'phishing_resistant']).optional(),
  evidence: name.optional(),
  change_window: name.optional(),
})
export type DemandDocument = z.infer<typeof demand>

const rule = z.strictObject({
  name,
  effect: z.enum(['allow', 'require', 'deny']),
  /** CEL; left out = always. */
  when: z.string().min(1).default('true'),
  require: z.array(demand).max(20).default([]),
  message: z.string().min(1).max(500).default(''),
})
export type RuleDocument = z.infer<typeof rule>

const tool = z.strictObject({
  risk: z.enum([
    'read_only',
    'external_side_effect',
    'production_control_plane',
    'destructive_data_change',
    'privilege_change',
    'money_outward',
  ]),
  environment: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'An environment is letters, digits and . _ -')
    .nullable()
    .default(null),
})
/** As the contract's tools are named; `.*` at the end makes it a prefix. */
const toolName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]*(?:\.\*)?$/,
    'Name a tool, or a dotted prefix such as deploy.*',
  )

/** A policy document as it is written, in snake_case. Unknown members are refused everywhere. */
export const policyDocument = z.strictObject({
  description: z.string().max(2_000).default(''),
  deadline: duration.default(DAY_MS),
  execution_window: duration.default(4 * HOUR_MS),
  groups: z
    .record(name, z.strictObject({ label }))
    .refine(sizeUpTo(MOST.names), tooMany(MOST.names)),
  calendars: z.record(name, calendar).refine(sizeUpTo(MOST.names), tooMany(MOST.names)).default({}),
  evidence: z
    .record(name, z.strictObject(evidenceTerms))
    .refine(sizeUpTo(MOST.names), tooMany(MOST.names))
    .default({}),
  decision_points: z
    .record(name, z.strictObject({ max_age: duration }))
    .refine(sizeUpTo(20), tooMany(20))
    .default({}),
  tools: z.record(toolName, tool).refine(sizeUpTo(MOST.tools), tooMany(MOST.tools)),
  default_approval: approval,
  rules: z.array(rule).max(MOST.rules),
})
export type PolicyDocument = z.infer<typeof policyDocument>

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text)
}

function sizeUpTo(most: number): (record: object) => boolean {
  return (record) => Object.keys(record).length <= most
}

function tooMany(most: number): string {
  return `There are more than ${most}.`
}
