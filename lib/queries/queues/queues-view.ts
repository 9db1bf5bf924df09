import { isOutstanding } from '#lib/core/policy/outstanding-issue'
import type { Runtime } from '#lib/runtime'
import type { HeldView, JobsView, QueuesView } from '#lib/wire/views/queues'
import { requirementTitle } from '../requirement-title'
import { hostOfEndpoint } from '../webhook/endpoint-state'
import { type HeldRow, readStanding, SHOWN, type Standing } from './read-standing'

const AGES = ['Under an hour', '1 to 4 hours', '4 hours to a day', 'Over a day']

/**
 * What waits and what is stuck. The viewer's role is for who asks to look at.
 * @param jobs what the queues say of themselves; null: they cannot be asked
 */
export async function queuesView(
  { db, policies }: Pick<Runtime, 'db' | 'policies'>,
  jobs: JobsView | null,
): Promise<QueuesView> {
  const standing = await readStanding(db, policies.name)
  const { policyVersion } = standing.counts
  const policy = policyVersion === null ? null : await policies.get(policyVersion)
  const { counts } = standing
  const troubles = [
    counts.stuck,
    counts.undone,
    counts.neverCollected,
    counts.neverReported,
    counts.givenUp,
    counts.untold,
    counts.slack,
    jobs?.deadLetters.length ?? 1,
  ]
  return {
    held: heldView(standing, (status) => requirementTitle(status, policy ? [policy] : [])),
    ...listsOf(standing),
    jobs,
    slackCount: counts.slack,
    isClear: troubles.every((count) => count === 0),
  }
}

type TitleOf = (status: HeldRow['requirements'][number]) => string

function heldView({ counts, held }: Standing, titleOf: TitleOf): HeldView {
  const needs = new Map<string, number>()
  for (const row of held) {
    for (const title of needsOf(row, titleOf)) needs.set(title, (needs.get(title) ?? 0) + 1)
  }
  return {
    count: counts.held,
    lookedAtCount: held.length,
    byAge: AGES.map((label, at) => ({ label, count: counts.ages[at] ?? 0 })),
    byNeed: [...needs]
      .map(([title, count]) => ({ title, count }))
      .sort((a, b) => b.count - a.count || a.title.localeCompare(b.title)),
    oldest: held.slice(0, SHOWN).map((row) => ({
      requestId: row.requestId,
      goal: row.goal,
      callerName: row.callerName,
      since: row.since.toISOString(),
      needs: needsOf(row, titleOf),
    })),
  }
}

/** What is outstanding, in words. */
function needsOf({ requirements }: HeldRow, titleOf: TitleOf): string[] {
  const titles = requirements.filter(isOutstanding).map(titleOf)
  return titles.length === 0 ? ['Its evaluation'] : [...new Set(titles)]
}

function listsOf(standing: Standing) {
  const { counts, stuck, undone, neverCollected, neverReported, givenUp, untold } = standing
  const dated = <Row extends { since: Date }>(row: Row) => ({
    ...row,
    since: row.since.toISOString(),
  })
  return {
    stuck: { count: counts.stuck, rows: stuck.map(dated) },
    wakeUps: {
      count: counts.undone,
      rows: undone.map((row) => ({
        ...dated(row),
        id: String(row.id),
        queuedAt: row.queuedAt?.toISOString() ?? null,
      })),
    },
    neverCollected: { count: counts.neverCollected, rows: neverCollected.map(dated) },
    neverReported: { count: counts.neverReported, rows: neverReported.map(dated) },
    endpoints: {
      count: counts.givenUp,
      rows: givenUp.map(({ id, url, callerName, reason, since }) => ({
        endpointId: id,
        host: hostOfEndpoint(url),
        callerName,
        since: since.toISOString(),
        why: reason === 'gone' ? ('gone' as const) : ('failing' as const),
      })),
    },
    announcements: {
      count: counts.untold,
      rows: untold.map(({ id, text, audience, personName, why, at }) => ({
        id,
        text,
        personName: audience === 'alerts' ? null : personName,
        why,
        at: at.toISOString(),
      })),
    },
  }
}
