import type { Runtime } from '#lib/runtime'
import { cursorText, type InboxCursor, type InboxQuery } from '#lib/wire/inbox'
import type { InboxSort } from '#lib/wire/views/inbox'
import type { ListName } from './lists'
import { type InboxRecord, readRows } from './read-rows'

export interface InboxPageRows {
  rows: InboxRecord[]
  isFirst: boolean
  nextCursor: string | null
  /** '' is the first page. */
  backCursor: string | null
}

/** One page of a list, forwards from a cursor or backwards to it. Going back from the second page comes to the first one. */
export async function readPage(
  runtime: Runtime,
  input: { list: ListName; viewerId: string; query: InboxQuery; limit: number },
): Promise<InboxPageRows> {
  const { list, viewerId, query, limit } = input
  const { filter, sort, cursor } = query
  const read = (from: InboxCursor | null) =>
    readRows(runtime, { list, viewerId, filter, sort, cursor: from, limit: limit + 1 })
  if (cursor?.isBack) {
    const before = await read(cursor)
    if (before.length > limit) {
      const rows = before.slice(0, limit).reverse()
      return { rows, isFirst: false, ...cursorsOf(rows, sort, { hasNext: true, hasBack: true }) }
    }
  }
  const after = cursor?.isBack ? null : cursor
  const got = await read(after)
  const rows = got.slice(0, limit)
  const ends = { hasNext: got.length > limit, hasBack: after !== null }
  return { rows, isFirst: after === null, ...cursorsOf(rows, sort, ends) }
}

function cursorsOf(
  rows: InboxRecord[],
  sort: InboxSort,
  { hasNext, hasBack }: { hasNext: boolean; hasBack: boolean },
) {
  const cursorOf = (row: InboxRecord | undefined, isBack: boolean) => {
    const at = sort === 'deadline' ? row?.deadlineAt : row?.submittedAt
    return row && at ? cursorText({ isBack, at, id: row.id }, sort) : ''
  }
  return {
    nextCursor: (hasNext && cursorOf(rows.at(-1), false)) || null,
    backCursor: hasBack ? cursorOf(rows[0], true) : null,
  }
}
