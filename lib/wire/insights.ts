import { z } from 'zod'
import { INSIGHT_DAYS, INSIGHT_TABLES } from './views/insights'

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const days = first.pipe(z.coerce.number().pipe(z.literal(INSIGHT_DAYS)).catch(30))

/** What the address of the page says. Anything odd in it is as if it were not there. */
export const insightsQuery = z.object({ days })
export type InsightsQuery = z.output<typeof insightsQuery>

/** What the address of a file says. */
export const insightsFileQuery = z.object({ days, table: z.enum(INSIGHT_TABLES) })
