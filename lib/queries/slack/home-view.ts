import type { Runtime } from '#lib/runtime'
import { inboxQuery } from '#lib/wire/inbox'
import type { ModalView, SlackHomeView, WhyUnlinked } from '#lib/wire/views/slack'
import { inboxView } from '../inbox/inbox-view'
import { modalView } from './modal-view'

/** More of what needs a person is in the console. */
const MOST_ROWS = 5
/** The most urgent of what is held for others. */
const MOST_OTHERS = 5

/** The app's home of one Slack user; without a person, of somebody who is not linked. */
export async function slackHomeView(
  runtime: Runtime,
  { personId, whyNobody = null }: { personId: string | null; whyNobody?: WhyUnlinked | null },
): Promise<SlackHomeView> {
  const frame = {
    now: new Date(runtime.now()).toISOString(),
    zone: runtime.config.timeZone,
    organisation: runtime.installation.name,
    inboxUrl: `${runtime.config.publicUrl}/inbox`,
  }
  if (personId === null) {
    const nothing = { needsMe: [], needsMeCount: 0, stoppable: [], openCount: 0 }
    return { ...frame, person: null, whyNobody: whyNobody ?? 'never', ...nothing }
  }
  const [person, inbox] = await Promise.all([
    runtime.db.person.findUniqueOrThrow({ where: { id: personId }, select: { name: true } }),
    inboxView(runtime, personId, inboxQuery.parse({})),
  ])
  const rows = inbox.sections.find(({ id }) => id === 'needs_me')?.rows.slice(0, MOST_ROWS) ?? []
  const others = inbox.sections.find(({ id }) => id === 'others')?.rows.slice(0, MOST_OTHERS) ?? []
  const [cards, stoppable] = await Promise.all([
    Promise.all(rows.map(({ requestId }) => rowOf(runtime, { requestId, personId }))),
    Promise.all(others.map(({ requestId }) => rowOf(runtime, { requestId, personId }))),
  ])
  return {
    ...frame,
    person: { id: personId, name: person.name },
    whyNobody: null,
    needsMe: cards.filter((card) => card !== null),
    needsMeCount: inbox.needsMeCount,
    stoppable: stoppable
      .filter((card) => card !== null)
      .filter(({ state, whyNot }) => state === 'open' && whyNot === null),
    openCount: inbox.tabCounts.open,
  }
}

/** One request that cannot be read is left out, and told to whoever reads the log: the others are still to be seen. */
async function rowOf(
  runtime: Runtime,
  row: { requestId: string; personId: string },
): Promise<ModalView | null> {
  try {
    return await modalView(runtime, row)
  } catch (error) {
    if (runtime.isUnavailable(error)) throw error
    runtime.log.error(
      { error, requestId: row.requestId },
      "a request could not be read for the app's home",
    )
    return null
  }
}
