import { z } from 'zod'
import { isId } from '#lib/core/ids'

export const DELIVERY_KINDS = ['card', 'direct', 'requester', 'digest', 'alert', 'route'] as const
export type DeliveryKind = (typeof DELIVERY_KINDS)[number]

/** Names and kinds are looked for in this many of the newest, as the history behind them has no end. */
export const MOST_DELIVERIES = 5_000

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const text = first.pipe(z.string().trim().max(200).catch(''))

/** What the address of the page of deliveries says. Anything odd in it is as if it were not there. */
export const deliveriesQuery = z
  .object({
    view: first.pipe(z.enum(['all', 'failed', 'waiting']).catch('all')),
    q: text,
    kind: first.pipe(z.enum(DELIVERY_KINDS).nullable().catch(null)),
    cursor: text,
  })
  .transform(({ view, q, kind, cursor }) => ({
    tab: view,
    filter: { text: q, kind },
    cursor: cursorOf(cursor),
  }))
export type DeliveriesQuery = z.output<typeof deliveriesQuery>

const MESSAGE_KEY = /^msg_[0-9A-Z]{26}$/
const TARGET_KEY = /^req_[0-9A-Z]{26} [a-z]+(:[A-Za-z0-9_]{1,64})?$/

/** `<RFC 3339> <key>` of the last row of the page before. */
function cursorOf(text: string): { at: Date; key: string } | null {
  const space = text.indexOf(' ')
  const at = new Date(text.slice(0, Math.max(space, 0)))
  const key = text.slice(space + 1)
  if (Number.isNaN(at.getTime())) return null
  return MESSAGE_KEY.test(key) || TARGET_KEY.test(key) ? { at, key } : null
}

export const messageId = z.string().refine((id) => isId('msg', id))
