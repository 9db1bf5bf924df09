import { type DifferenceLine, difference } from '#lib/core/contract/difference'
import { digestOfText } from '#lib/core/contract/digest'
import type { Db } from '#lib/db/client'
import type { TicketStateView } from '#lib/wire/views/common'
import type { DifferenceRowView, DifferenceView, NeighbourView } from '#lib/wire/views/history'
import type { TicketPicture } from './load-ticket'

/** The request that this one superseded, or that superseded it, as stored. */
interface NeighbourRecord {
  id: string
  state: string
  submittedAt: Date
  goal: string
  hashed: string
  contractDigest: string
}

/** Longer texts together are not compared while somebody waits for the page. */
const MOST_CHARS = 200_000
/** A document this short is shown whole; of a longer one, what differs and the lines round it. */
const SHOWN_WHOLE = 40
const CONTEXT = 2
const MOST_ROWS = 400
/** Of a long line, what stands round the characters that differ. */
const MOST_ROUND = 160
const MOST_CHANGED = 4_000

export async function readNeighbours(
  db: Db,
  ids: readonly (string | null)[],
): Promise<NeighbourRecord[]> {
  const wanted = ids.filter((id) => id !== null)
  if (wanted.length === 0) return []
  return await db.request.findMany({
    where: { id: { in: wanted } },
    select: {
      id: true,
      state: true,
      submittedAt: true,
      goal: true,
      hashed: true,
      contractDigest: true,
    },
  })
}

/** `which` is what the neighbour is to the ticket: the older one is what the difference starts from. */
export function neighbourView(
  picture: TicketPicture,
  records: readonly NeighbourRecord[],
  which: 'older' | 'newer',
): NeighbourView | null {
  const { supersedes, superseded_by } = picture.rows.request
  const id = which === 'older' ? supersedes : superseded_by
  const record = records.find((one) => one.id === id)
  if (!record) return null
  const own = { hashed: picture.hashed, contractDigest: picture.facts.contractDigest }
  return {
    requestId: record.id,
    state: record.state as TicketStateView,
    submittedAt: record.submittedAt.toISOString(),
    goal: record.goal,
    difference: which === 'older' ? differenceView(record, own) : differenceView(own, record),
  }
}

type Hashed = Pick<NeighbourRecord, 'hashed' | 'contractDigest'>

/** Only texts that still have the digest they were signed under are compared. */
export function differenceView(old: Hashed, fresh: Hashed): DifferenceView {
  const isWhole = [old, fresh].every((one) => digestOfText(one.hashed) === one.contractDigest)
  if (!isWhole) {
    return { kind: 'unknown', why: 'One of the two stored contracts is not what was hashed.' }
  }
  if (old.hashed === fresh.hashed) return { kind: 'none' }
  if (old.hashed.length + fresh.hashed.length > MOST_CHARS) {
    return { kind: 'unknown', why: 'They are too long to be compared here. Read both.' }
  }
  const { lines, changedCount } = difference(old.hashed, fresh.hashed)
  const rows = shownRows(lines)
  const shown = rows.slice(0, MOST_ROWS)
  const isChange = (row: DifferenceRowView) => row.kind === 'line' && row.side !== 'same'
  return {
    kind: 'lines',
    rows: shown,
    changedCount,
    leftOutCount: rows.slice(MOST_ROWS).filter(isChange).length,
  }
}

/** Of a longer document, what differs and the lines round it. */
export function shownRows(lines: readonly DifferenceLine[]): DifferenceRowView[] {
  const isNear = (at: number) =>
    lines.length <= SHOWN_WHOLE ||
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ side }) => side !== 'same')
  const rows: DifferenceRowView[] = []
  for (const [at, line] of lines.entries()) {
    const last = rows.at(-1)
    if (isNear(at)) rows.push(rowOf(line))
    else if (last?.kind === 'gap') last.count += 1
    else rows.push({ kind: 'gap', count: 1 })
  }
  return rows
}

function rowOf({
  side,
  indent,
  before,
  changed,
  after,
  ...tails
}: DifferenceLine): DifferenceRowView {
  const tail = side === 'old' ? tails.oldTail : tails.newTail
  const isSame = side === 'same'
  return {
    kind: 'line',
    side,
    indent,
    before: isSame ? headOf(before, MOST_ROUND) : tailOf(before, MOST_ROUND),
    changed: headOf(changed, MOST_CHANGED),
    after: headOf(after, MOST_ROUND) + tail,
  }
}

function headOf(text: string, most: number): string {
  return text.length <= most ? text : `${whole(text.slice(0, most))}…`
}

function tailOf(text: string, most: number): string {
  return text.length <= most ? text : `…${whole(text.slice(-most))}`
}

/** Without half a pair at the cut. */
function whole(text: string): string {
  return text.replace(/[\ud800-\udbff]$/u, '').replace(/^[\udc00-\udfff]/u, '')
}
