import { z } from 'zod'
import { isId } from '#lib/core/ids'
import { WEBHOOK_EVENT_TYPES } from '#lib/core/webhook/events'
import { storableText } from './text'
import type { DeliveryFilter } from './views/webhooks'

const MOST_ADDRESS = 2_000
const MOST_DESCRIPTION = 200
/** PostgreSQL's bigint. */
const LAST_ROW = 2n ** 63n - 1n

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())

export const endpointId = z.string().refine((id) => isId('whe', id))
export const deliveryId = z.string().refine(isDeliveryId)

/** Whether a text can be the id of a delivery: the number of its row. */
export function isDeliveryId(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= LAST_ROW
}

const settings = {
  url: storableText
    .trim()
    .min(1, 'Enter the address that deliveries are sent to.')
    .max(MOST_ADDRESS, `An address has at most ${MOST_ADDRESS} characters.`),
  description: storableText
    .trim()
    .max(MOST_DESCRIPTION, `Say it in at most ${MOST_DESCRIPTION} characters.`),
  eventTypes: z
    .array(z.enum(WEBHOOK_EVENT_TYPES))
    .min(1, 'Choose at least one: an endpoint that is told nothing needs no address.')
    .max(WEBHOOK_EVENT_TYPES.length)
    .transform((chosen) => WEBHOOK_EVENT_TYPES.filter((type) => chosen.includes(type))),
}

export const addEndpointForm = z.object({
  callerId: z.string().refine((id) => isId('clr', id), 'Choose a caller.'),
  ...settings,
})
export const changeEndpointForm = z.object({ endpointId, ...settings })
export const rotateForm = z.object({ endpointId, endsOldAtOnce: z.boolean() })
export const endpointStateForm = z.object({
  endpointId,
  state: z.enum(['enabled', 'disabled', 'removed']),
})
export const replayOneForm = z.object({ endpointId, deliveryId })

const localMinute = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'Enter a day and a time.')
  .refine((text) => !Number.isNaN(Date.parse(`${text}Z`)), 'This is no day and time.')

/** `from` and `to` as the clock on the wall reads in the zone of the page; both minutes belong to the range. */
export const replayRangeForm = z
  .object({
    endpointId,
    from: localMinute,
    to: localMinute,
    which: z.enum(['missed', 'all'], { error: 'Choose what is sent again.' }),
  })
  .refine(({ from, to }) => from <= to, {
    path: ['to'],
    message: 'The end must not be before the beginning.',
  })

const DELIVERY_FILTERS = ['all', 'waiting', 'delivered', 'dead'] as const satisfies DeliveryFilter[]

/** What the address of an endpoint's page says. Anything odd in it is as if it were not there. */
export const endpointQuery = z.object({
  view: first.pipe(z.enum(DELIVERY_FILTERS).catch('all')),
  /** Older than this delivery. */
  before: first.pipe(deliveryId.nullable().catch(null)),
})
export type EndpointQuery = z.output<typeof endpointQuery>

export const webhooksQuery = z.object({
  /** After this endpoint. */
  after: first.pipe(endpointId.nullable().catch(null)),
})
export type WebhooksQuery = z.output<typeof webhooksQuery>
