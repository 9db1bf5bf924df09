import { bareEntry } from '#lib/core/audit/entry'
import type { Runtime } from '#lib/runtime'
import { AUDIT_PAGE, type AuditQuery, cursorText } from '#lib/wire/audit'
import type { AuditRowView, AuditView } from '#lib/wire/views/audit'
import { entryTold, streamView } from './entry-told'
import { EVENT_TYPES } from './event-types'
import { exportPlan, MOST_EXPORTED } from './export-plan'
import { findFilter } from './find-filter'
import { readTrail, type TrailRow } from './read-trail'
import { type TrailNames, trailNames } from './trail-names'

/** Longest JSON that a row unfolds to; the export has all. */
const MOST_JSON = 20_000

const NOTHING = { rows: [], next: null, isCutOff: false }

/** A page of the audit trail, newest first. The viewer's role is for who asks to look at. */
export async function auditView(
  runtime: Pick<Runtime, 'db' | 'config'>,
  { filter, cursor }: AuditQuery,
): Promise<AuditView> {
  const { db } = runtime
  const found = await findFilter(runtime, filter)
  const { trail, person, people, isOddRequest } = found
  const { rows, next, isCutOff } = trail
    ? await readTrail(db, trail, { after: cursor, limit: AUDIT_PAGE })
    : NOTHING
  const [names, plan] = await Promise.all([
    trailNames(db, rows),
    trail ? exportPlan(db, trail) : null,
  ])
  return {
    filter,
    types: EVENT_TYPES,
    person,
    people,
    isOddRequest,
    rows: rows.map((row) => rowView(row, names)),
    nextCursor: next && cursorText(next),
    lookedBackTo: isCutOff && next ? next.at.toISOString() : null,
    export: { kind: plan?.kind ?? 'list', mostEntries: MOST_EXPORTED },
  }
}

function rowView(row: TrailRow, names: TrailNames): AuditRowView {
  const { seq, at, type, stream, ordinal, leaf, hash } = row
  return {
    seq: String(seq),
    at: at.toISOString(),
    type,
    ...entryTold(row, names),
    stream: streamView(stream, names),
    ordinal,
    leaf: leaf === null ? null : Number(leaf),
    hash,
    json: jsonOf(row),
  }
}

function jsonOf(row: TrailRow): string {
  const { hash, at } = row
  const entry = bareEntry({ ...row, v: 1, at: at.toISOString() })
  const text = JSON.stringify({ ...entry, hash }, null, 2)
  return text.length > MOST_JSON ? `${text.slice(0, MOST_JSON)}\n… (the export has the rest)` : text
}
