import { z } from 'zod'
import { isId } from '#lib/core/ids'

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const text = first.pipe(z.string().trim().max(200).catch(''))

/** What the inbox's address says. Anything odd in it is as if it were not there: a link never breaks the page. */
export const inboxQuery = z
  .object({
    view: first.pipe(z.enum(['today', 'open', 'ready', 'closed']).catch('today')),
    q: text,
    risk: text,
    caller: text,
    cursor: text,
  })
  .transform(({ view, q, risk, caller, cursor }) => ({
    tab: view,
    filter: { text: q, risk: risk || null, callerId: caller || null },
    cursor: cursorOf(cursor),
  }))
export type InboxQuery = z.output<typeof inboxQuery>

/** `<RFC 3339> <request id>` of the last row of the page before. */
function cursorOf(text: string): { submittedAt: Date; id: string } | null {
  const [at = '', id = ''] = text.split(' ')
  const submittedAt = new Date(at)
  return Number.isNaN(submittedAt.getTime()) || !isId('req', id) ? null : { submittedAt, id }
}
