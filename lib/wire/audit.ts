import { z } from 'zod'
import { DAY_MS } from '#lib/core/durations'
import { isId } from '#lib/core/ids'
import { instantOfLocal } from './local-time'

/** Kinds of streams: the words before the colon of a stream's name. */
export const AUDIT_KINDS = ['request', 'person', 'caller', 'policy', 'installation'] as const
export type AuditKind = (typeof AUDIT_KINDS)[number]

/** PostgreSQL's bigint. */
const LAST_SEQ = 2n ** 63n - 1n
const MOST_TEXT = 200
/** Entries of one page, and so the most that are verified together. */
export const AUDIT_PAGE = 50

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const text = first.pipe(
  z
    .string()
    .transform((said) => said.replaceAll('\0', '').trim().slice(0, MOST_TEXT))
    .catch(''),
)
/** A day on the wall: years that every part of the product can say. */
const day = first.pipe(
  z
    .string()
    .regex(/^(19[7-9]\d|2\d{3})-\d{2}-\d{2}$/)
    .refine((said) => new Date(`${said}T00:00:00Z`).toISOString().startsWith(said))
    .nullable()
    .catch(null),
)
const type = first.pipe(
  z
    .string()
    .max(MOST_TEXT)
    .regex(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/)
    .nullable()
    .catch(null),
)

/** What the audit page is narrowed to, as its address says it. */
export interface AuditFilter {
  kind: AuditKind | null
  /** Id, name or e-mail address of a person; empty for anybody. */
  person: string
  /** A request's id; empty for any. */
  request: string
  type: string | null
  /** Days in the page's zone, both part of what is shown: `2026-03-14`. */
  from: string | null
  to: string | null
  /** Looked for in types and ids. */
  text: string
}

const filterShape = {
  view: first.pipe(z.enum(['all', ...AUDIT_KINDS]).catch('all')),
  person: text,
  request: text,
  type,
  from: day,
  to: day,
  q: text,
}

function filterOf(asked: z.output<z.ZodObject<typeof filterShape>>): AuditFilter {
  const { view, person, request, q, from, to } = asked
  return {
    kind: view === 'all' ? null : view,
    person,
    request,
    type: asked.type,
    from,
    to,
    text: q,
  }
}

/** What the address of the audit page says. Anything odd in it is as if it were not there. */
export const auditQuery = z
  .object({ ...filterShape, cursor: text })
  .transform(({ cursor, ...asked }) => ({ filter: filterOf(asked), cursor: cursorOf(cursor) }))
export type AuditQuery = z.output<typeof auditQuery>

/** An entry's place in the order of the page. */
export interface AuditPlace {
  at: Date
  seq: bigint
}

/** `<RFC 3339> <number of the entry>` of the last one that was looked at. */
export function cursorText({ at, seq }: AuditPlace): string {
  return `${at.toISOString()} ${seq}`
}

function cursorOf(said: string): AuditPlace | null {
  const [at = '', seq = ''] = said.split(' ')
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(at) || !/^\d{1,19}$/.test(seq))
    return null
  const time = new Date(at)
  const number = BigInt(seq)
  if (Number.isNaN(time.getTime()) || time.getTime() < 0 || number > LAST_SEQ) return null
  return { at: time, seq: number }
}

/** The filter as an address has it; what is not narrowed is not in it. */
export function filterParams(filter: AuditFilter): [name: string, value: string][] {
  const { kind, person, request, from, to } = filter
  const said: [string, string][] = [
    ['view', kind ?? 'all'],
    ['q', filter.text],
    ['person', person],
    ['request', request],
    ['type', filter.type ?? ''],
    ['from', from ?? ''],
    ['to', to ?? ''],
  ]
  return said.filter(([, value]) => value !== '')
}

/** The days of a filter as instants (epoch ms) of a zone: the first, and the first that is no longer part of it. */
export function spanOf(
  { from, to }: Pick<AuditFilter, 'from' | 'to'>,
  zone: string,
): { fromAt: number | null; endAt: number | null } {
  return {
    fromAt: from === null ? null : instantOfLocal(`${from}T00:00`, zone),
    endAt: to === null ? null : instantOfLocal(`${dayAfter(to)}T00:00`, zone),
  }
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, day.length)
}

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const
export type AuditExportFormat = (typeof EXPORT_FORMATS)[number]

/** What the form of an export sends. */
export const auditExportForm = z
  .object({ ...filterShape, format: z.enum(EXPORT_FORMATS) })
  .transform(({ format, ...asked }) => ({ format, filter: filterOf(asked) }))

/** Which entries are verified: those of the page, by number, or the log. */
export const verifyForm = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('listed'),
    seqs: z
      .array(
        z
          .string()
          .regex(/^[1-9]\d{0,18}$/)
          .refine((seq) => BigInt(seq) <= LAST_SEQ),
      )
      .min(1)
      .max(AUDIT_PAGE),
  }),
  z.object({ what: z.literal('log') }),
])
export type VerifyForm = z.output<typeof verifyForm>

/** Whether a text names a request by its whole id. */
export function isRequestId(text: string): boolean {
  return isId('req', text)
}
