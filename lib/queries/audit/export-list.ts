import { bareEntry } from '#lib/core/audit/entry'
import { canonical } from '#lib/core/contract/canonical'
import type { Db } from '#lib/db/client'
import { type AuditFilter, type AuditPlace, filterParams } from '#lib/wire/audit'
import { csvLine } from '#lib/wire/csv'
import { entryTold, plainText } from './entry-told'
import { MOST_EXPORTED } from './export-plan'
import { readTrail, type TrailFilter, type TrailRow } from './read-trail'
import { trailNames } from './trail-names'

const PAGE = 500
/** Reads of one file: what a rare word in a long history may cost. */
const MOST_READS = 400

export interface ListExport {
  issuer: string
  /** Epoch ms. */
  now: number
  /** As the address says it, for people. */
  filter: AuditFilter
  trail: TrailFilter
}

/** What the first line of a list says of the file. */
const PROVES =
  'Each entry has the content that its hash names, and says at which leaf of the signed log it stands. That none is left out, and that the log holds them, only an export of whole streams proves.'

type Pages = Pick<Db, '$queryRawUnsafe' | 'person' | 'caller' | 'request' | 'apiKey'>

/** What is filtered as JSON lines (without newlines), newest first: a header, the entries, an end that says whether these are all. */
export async function* listLines(db: Pages, input: ListExport): AsyncGenerator<string> {
  const { issuer, now, filter, trail } = input
  yield canonical({
    kind: 'header',
    format: 'countersign/audit-list',
    v: 1,
    issuer,
    exported_at: new Date(now).toISOString(),
    filter: Object.fromEntries(filterParams(filter)),
    proves: PROVES,
  })
  let entries = 0
  let isComplete = true
  for await (const page of pagesOf(db, trail)) {
    isComplete = page.isLast
    for (const row of page.rows) {
      entries += 1
      yield canonical({ kind: 'entry', leaf: leafOf(row), hash: row.hash, entry: entryOf(row) })
    }
  }
  yield canonical({ kind: 'end', entries, complete: isComplete })
}

const COLUMNS = [
  'time',
  'stream',
  'ordinal',
  'type',
  'actor kind',
  'actor id',
  'actor',
  'what',
  'leaf',
  'hash',
  'body',
]

/** The same as lines of CSV, with who and what in words. Where more would match, the last line says so. */
export async function* listCsv(db: Pages, { trail }: ListExport): AsyncGenerator<string> {
  yield csvLine(COLUMNS)
  let isComplete = true
  for await (const { rows, isLast } of pagesOf(db, trail)) {
    isComplete = isLast
    const names = await trailNames(db, rows)
    for (const row of rows) {
      const { who, text, detail } = entryTold(row, names)
      const what = detail ? `${plainText(text)}. ${plainText(detail)}` : plainText(text)
      yield csvLine([
        row.at.toISOString(),
        row.stream,
        String(row.ordinal),
        row.type,
        row.actor.kind,
        row.actor.id ?? '',
        who?.name ?? '',
        what,
        row.leaf === null ? '' : String(row.leaf),
        row.hash,
        canonical(row.body),
      ])
    }
  }
  if (!isComplete) yield csvLine(['', '', '', '', '', '', '', MORE])
}

const MORE = 'The file ends here, though more entries may match: narrow the days.'

async function* pagesOf(
  db: Pages,
  trail: TrailFilter,
): AsyncGenerator<{ rows: TrailRow[]; isLast: boolean }> {
  let after: AuditPlace | null = null
  let count = 0
  for (let reads = 0; reads < MOST_READS && count < MOST_EXPORTED; reads++) {
    const limit = Math.min(PAGE, MOST_EXPORTED - count)
    const page = await readTrail(db, trail, { after, limit })
    count += page.rows.length
    after = page.next
    yield { rows: page.rows, isLast: after === null }
    if (after === null) return
  }
}

function entryOf(row: TrailRow) {
  return bareEntry({ ...row, v: 1, at: row.at.toISOString() })
}

function leafOf({ leaf }: TrailRow): number | null {
  return leaf === null ? null : Number(leaf)
}
