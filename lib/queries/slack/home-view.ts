import type { Runtime } from '#lib/runtime'
import { inboxQuery } from '#lib/wire/inbox'
import type { CardView, SlackHomeView } from '#lib/wire/views-slack'
import { inboxView } from '../inbox/inbox-view'
import { cardView } from './card-view'

/** More of what needs a person is in the console. */
const MOST_ROWS = 5

/** The app's home of one Slack user; without a person, of somebody who is not linked. */
export async function slackHomeView(
  runtime: Runtime,
  { personId }: { personId: string | null },
): Promise<SlackHomeView> {
  const frame = {
    now: new Date(runtime.now()).toISOString(),
    zone: runtime.config.timeZone,
    organisation: runtime.installation.name,
    inboxUrl: `${runtime.config.publicUrl}/inbox`,
  }
  if (personId === null) {
    return { ...frame, person: null, needsMe: [], needsMeCount: 0, openCount: 0 }
  }
  const [person, inbox] = await Promise.all([
    runtime.db.person.findUniqueOrThrow({ where: { id: personId }, select: { name: true } }),
    inboxView(runtime, personId, inboxQuery.parse({})),
  ])
  const rows = inbox.sections.find(({ id }) => id === 'needs_me')?.rows.slice(0, MOST_ROWS) ?? []
  const cards = await Promise.all(rows.map(({ requestId }) => rowOf(runtime, requestId)))
  return {
    ...frame,
    person: { id: personId, name: person.name },
    needsMe: cards.filter((card): card is CardView => card !== null),
    needsMeCount: inbox.needsMeCount,
    openCount: inbox.tabCounts.open,
  }
}

/** One request that cannot be read is left out, and told to whoever reads the log: the others are still to be seen. */
async function rowOf(runtime: Runtime, requestId: string): Promise<CardView | null> {
  try {
    return await cardView(runtime, requestId)
  } catch (error) {
    if (runtime.isUnavailable(error)) throw error
    runtime.log.error({ error, requestId }, "a request could not be read for the app's home")
    return null
  }
}
