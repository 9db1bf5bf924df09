import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { pointer } from '#lib/core/contract/json'
import { HOUR_MS, MINUTE_MS, parseDuration } from '#lib/core/durations'
import type { Calendar, RiskClass, Weekday } from '#lib/core/policy/types'
import { isKnownZone } from '#lib/core/policy/zone-clock'
import type { FieldProblem } from '#lib/core/refusals'
import { ok, type Result, refuse } from '#lib/core/result'
import { routingWords } from './routing-words'

/** Where held requests are announced in Slack, as read. Durations are ms; null: the document does not say. */
export interface Routing {
  routes: Route[]
  defaultChannel: string | null
  alertsChannel: string | null
  /** Most people who are messaged directly about one request. */
  directMessages: number
  /** Whoever owns the caller is told what becomes of a request. */
  requesters: boolean
  remind: { afterMs: number; everyMs: number; most: number } | null
  /** In the order of their times. */
  escalate: EscalationStep[]
  /** Open while it is quiet. */
  quiet: Calendar | null
  coolOffMs: number
  flood: { cards: number; withinMs: number }
}

/** All that it says must fit; what it does not say fits everything. */
export interface Route {
  channel: string
  /** Names, or dotted prefixes such as deploy.* */
  tools: string[] | null
  environments: string[] | null
  rules: string[] | null
  risks: RiskClass[] | null
}

export type EscalationStep =
  | { afterMs: number; group: string }
  | { afterMs: number; channel: string }

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies Weekday[]
const RISKS = [
  'read_only',
  'external_side_effect',
  'production_control_plane',
  'destructive_data_change',
  'privilege_change',
  'money_outward',
  'unknown',
] as const satisfies RiskClass[]

const MOST = { routes: 200, names: 100, steps: 10, directs: 20, reminders: 20, cards: 100 } as const
const MAX_SOURCE_LENGTH = 64 * 1024
const MAX_PROBLEMS = 50

const channel = z
  .string('Write the id of a channel, such as C0123456789.')
  .regex(
    /^[CG][A-Z0-9]{2,20}$/,
    'Write the id of a channel, such as C0123456789: Slack shows it at the end of the channel’s details.',
  )
const group = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'A group is lower-case letters, digits and _.')
const duration = z.string('Write a duration such as 30m, 2h or 1d.').transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: 'Write a duration such as 30m, 2h or 1d.' })
  return z.NEVER
})
const clock = z
  .string('Write a time of day in quotes, as "22:00".')
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'Write a time of day as HH:MM, 00:00 to 24:00.')
const names = z.array(z.string().min(1).max(128)).min(1).max(MOST.names)
const toolPattern = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]*(?:\.\*)?$/,
    'Name a tool, or a dotted prefix such as deploy.*',
  )

const step = z
  .strictObject({ after: duration, group: group.optional(), channel: channel.optional() })
  .refine(
    (each) => (each.group === undefined) !== (each.channel === undefined),
    'A step names a group or a channel: one of the two.',
  )

const quiet = z
  .strictObject({
    zone: z.string().refine(isKnownZone, 'This is not a time zone of the IANA database.'),
    from: clock,
    to: clock,
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .default([...WEEKDAYS]),
  })
  .refine(({ from, to }) => from !== to, 'Quiet hours end when they begin.')

/** The document as it is written, in snake_case. Unknown members are refused everywhere. */
const routingDocument = z
  .strictObject({
    routes: z
      .array(
        z.strictObject({
          channel,
          tools: z.array(toolPattern).min(1).max(MOST.names).optional(),
          environments: names.optional(),
          rules: names.optional(),
          risks: z.array(z.enum(RISKS)).min(1).optional(),
        }),
      )
      .max(MOST.routes)
      .default([]),
    default: channel.optional(),
    alerts: channel.optional(),
    direct_messages: z.int().min(0).max(MOST.directs).default(5),
    requesters: z.boolean().default(true),
    remind: z
      .strictObject({
        after: duration,
        every: duration,
        most: z.int().min(1).max(MOST.reminders).default(3),
      })
      .refine(({ every }) => every >= MINUTE_MS, 'A reminder a minute is the most.')
      .optional(),
    escalate: z
      .array(step)
      .max(MOST.steps)
      .refine(
        (steps) => steps.every(({ after }, index) => after >= (steps[index - 1]?.after ?? 0)),
        'The steps do not stand in the order of their times.',
      )
      .default([]),
    quiet: quiet.optional(),
    cool_off: duration.default(HOUR_MS / 4),
    flood: z
      .strictObject({
        cards: z.int().min(1).max(MOST.cards).default(10),
        within: duration.default(5 * MINUTE_MS),
      })
      .default({ cards: 10, within: 5 * MINUTE_MS }),
  })
  .refine(({ remind, direct_messages: most }) => remind === undefined || most > 0, {
    message: 'Reminders go to people who are messaged directly, and direct_messages is 0.',
    path: ['remind'],
  })
type RoutingDocument = z.infer<typeof routingDocument>

/** Where a member stands, for a problem that is found later. */
export type ProblemAt = (path: readonly PropertyKey[], message: string) => FieldProblem

/**
 * Reads a routing written in YAML 1.2 (core schema, no anchors).
 * @returns the routing with all defaults filled in, or `invalid_body` with `fields`, each at its JSON Pointer and line
 */
export function readRouting(source: string): Result<{ routing: Routing; problemAt: ProblemAt }> {
  if (source.length > MAX_SOURCE_LENGTH) {
    return invalid([problem('', `The routing is longer than ${MAX_SOURCE_LENGTH} characters.`)])
  }
  const lines = new LineCounter()
  const yaml = parseDocument(source, { schema: 'core', lineCounter: lines, uniqueKeys: true })
  const faults = [...yaml.errors, ...yaml.warnings]
  if (faults.length > 0) {
    return invalid(faults.map(({ message }) => problem('', message.split('\n')[0] ?? message)))
  }
  const lineOf = (path: readonly PropertyKey[]): string => {
    for (let length = path.length; length > 0; length--) {
      const start =
        startOf(keyOf(yaml, path.slice(0, length))) ??
        startOf(yaml.getIn(path.slice(0, length), true))
      if (start !== undefined) return `Line ${lines.linePos(start).line}: `
    }
    return ''
  }
  const problemAt: ProblemAt = (path, message) =>
    problem(path.reduce<string>(stepInto, ''), `${lineOf(path)}${message}`)
  if (usesAnchors(yaml))
    return invalid([problem('', 'Anchors and aliases (& and *) cannot be used.')])
  const written = yaml.toJS({ maxAliasCount: 0 }) ?? {}
  const parsed = routingDocument.safeParse(written, { error: routingWords })
  if (!parsed.success) {
    return invalid(parsed.error.issues.flatMap((issue) => problemsOf(issue, problemAt)))
  }
  return ok({ routing: routingOf(parsed.data), problemAt })
}

/** A member that is none is told where it stands itself. */
function problemsOf(issue: z.core.$ZodIssue, problemAt: ProblemAt): FieldProblem[] {
  if (issue.code !== 'unrecognized_keys') return [problemAt(issue.path, issue.message)]
  return issue.keys.map((key) => problemAt([...issue.path, key], `${key} is no setting here.`))
}

export function invalid(fields: FieldProblem[]): ReturnType<typeof refuse> {
  return refuse('invalid_body', {
    detail: 'The routing has errors. Correct the places named; the old version stays.',
    fields: fields.slice(0, MAX_PROBLEMS),
  })
}

function routingOf(document: RoutingDocument): Routing {
  const { remind, flood } = document
  return {
    routes: document.routes.map((route) => ({
      channel: route.channel,
      tools: route.tools ?? null,
      environments: route.environments ?? null,
      rules: route.rules ?? null,
      risks: route.risks ?? null,
    })),
    defaultChannel: document.default ?? null,
    alertsChannel: document.alerts ?? null,
    directMessages: document.direct_messages,
    requesters: document.requesters,
    remind: remind ? { afterMs: remind.after, everyMs: remind.every, most: remind.most } : null,
    escalate: document.escalate.map(stepOf),
    quiet: document.quiet ? calendarOf(document.quiet) : null,
    coolOffMs: document.cool_off,
    flood: { cards: flood.cards, withinMs: flood.within },
  }
}

function stepOf({ after, group: name, channel: id }: RoutingDocument['escalate'][number]) {
  return name === undefined
    ? { afterMs: after, channel: id ?? '' }
    : { afterMs: after, group: name }
}

/** Hours over midnight belong to the day on which they begin. */
function calendarOf({ zone, from, to, days }: NonNullable<RoutingDocument['quiet']>): Calendar {
  const next = (day: Weekday) => WEEKDAYS[(WEEKDAYS.indexOf(day) + 1) % WEEKDAYS.length] ?? day
  const hours =
    from < to
      ? [{ days, from, to }]
      : [
          { days, from, to: '24:00' },
          { days: days.map(next), from: '00:00', to },
        ].filter((each) => each.from < each.to)
  return { zone, label: 'Quiet hours', hours, holidays: [], freezes: [] }
}

function usesAnchors(yaml: ReturnType<typeof parseDocument>): boolean {
  let found = false
  visit(yaml, {
    Alias() {
      found = true
    },
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') found = true
    },
  })
  return found
}

function stepInto(parent: string, key: PropertyKey): string {
  return pointer(parent, typeof key === 'number' ? key : String(key))
}

/** The name before the colon, where the path leads to a member. */
function keyOf(yaml: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): unknown {
  const parent = path.length === 1 ? yaml.contents : yaml.getIn(path.slice(0, -1), true)
  const name = path.at(-1)
  if (!isMap(parent)) return undefined
  return parent.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.key
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  const { range } = node
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined
}

function problem(path: string, message: string): FieldProblem {
  return { path, message, code: 'invalid_body' }
}
