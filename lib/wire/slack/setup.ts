import { z } from 'zod'
import { storableText } from '#lib/wire/text'

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())

/** What the address of Slack's page says. Anything odd in it is as if it were not there. */
export const slackPageQuery = z.object({
  /** How an installation ended: see INSTALL_OUTCOMES. */
  installed: first.pipe(z.string().max(40).nullable().catch(null)),
  /** Which version the editor starts from. */
  from: first.pipe(z.coerce.number().int().positive().nullable().catch(null)),
})

/** Far more than any routing needs; publishing it says what it may be. */
const MOST_SOURCE = 200_000

export const routingForm = z.object({ source: storableText.max(MOST_SOURCE) })

export const testMessageForm = z.object({
  channel: z
    .string()
    .trim()
    .regex(/^[CG][A-Z0-9]{2,20}$/, 'Write the id of a channel, such as C0123456789.'),
})
