import { digestOfText } from '#lib/core/contract/digest'
import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { invalid, type ProblemAt, type Routing, readRouting } from '#lib/wire/slack/routing'

export interface PublishRoutingInput {
  /** YAML */
  source: string
  /** Null: whoever runs the installation's own machine. */
  personId: string | null
}

const ROUTING_LOCK = 4_271_008

/**
 * Makes a routing the one that counts, and has every held request announced by it. Refused where it cannot be read or names
 * a group that nobody is in.
 */
export function publishRouting(
  runtime: Pick<Runtime, 'db' | 'now'>,
  { source, personId }: PublishRoutingInput,
): Promise<Result<{ ordinal: number }>> {
  const read = readRouting(source)
  if (!read.ok) return Promise.resolve(read)
  const { routing, problemAt } = read.value
  return inTransaction(runtime.db, async (tx) => {
    await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(${ROUTING_LOCK})::text`)
    const problems = await unknownGroups(tx, routing, problemAt)
    if (problems.length > 0) return invalid(problems)
    const last = await tx.slackRouting.findFirst({ orderBy: { ordinal: 'desc' } })
    const ordinal = (last?.ordinal ?? 0) + 1
    const publishedAt = new Date(runtime.now())
    await tx.slackRouting.create({
      data: { ordinal, source, publishedAt, publishedBy: personId },
    })
    await appendEvents(
      tx,
      [
        {
          stream: 'installation',
          type: 'slack.routing_published',
          actor: personId === null ? { kind: 'system' } : { kind: 'person', id: personId },
          body: { ordinal, digest: digestOfText(source), replaces: last?.ordinal ?? null },
        },
      ],
      runtime.now(),
    )
    await tellAgain(tx)
    return ok({ ordinal })
  })
}

async function unknownGroups(tx: Tx, { escalate }: Routing, problemAt: ProblemAt) {
  const named = escalate.map((step) => ('group' in step ? step.group : null))
  const groups = await tx.group.findMany({
    where: { name: { in: named.filter((name) => name !== null) } },
    select: { name: true },
  })
  const known = new Set(groups.map(({ name }) => name))
  return named.flatMap((name, index) =>
    name === null || known.has(name)
      ? []
      : [problemAt(['escalate', index, 'group'], `There is no group ${name}.`)],
  )
}

/** Whoever publishes may not know of Slack, as the command line does not: the worker that is woken does. */
async function tellAgain(tx: Tx): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO outbox (topic, request_id, cause)
     SELECT 'notify', id, 'routing' FROM requests WHERE state = 'open' AND opened_at IS NOT NULL ORDER BY id`,
  )
}
