import { DAY_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'
import type { InsightsQuery } from '#lib/wire/insights'
import type { InsightsView } from '#lib/wire/views/insights'
import {
  answersTable,
  approversTable,
  causesTable,
  endingsTable,
  percentiles,
  policiesTable,
  risksTable,
  rulesTable,
  sum,
} from './insight-tables'
import { readApprovers } from './read-approvers'
import { readCauses } from './read-causes'
import { readEndings, readOpenCount, readSpeeds } from './read-counts'
import { readRules } from './read-rules'

/** With fewer than this, a chart would be about one ticket or another. */
const FEWEST = 5

/**
 * How requests of the last days were decided. One statement a table, each by an index over that time.
 * @param now epoch ms at which the time ends
 */
export async function insightsView(
  runtime: Pick<Runtime, 'db' | 'policies'>,
  { days }: InsightsQuery,
  now: number,
): Promise<InsightsView> {
  const { db } = runtime
  const from = new Date(now - days * DAY_MS).toISOString()
  const to = new Date(now).toISOString()
  const span = { from, to }
  const [endings, openCount] = await Promise.all([readEndings(db, span), readOpenCount(db)])
  const isHeld = (row: { isHeld: boolean }) => row.isHeld
  const endedCount = sum(endings, () => true)
  const heldCount = sum(endings, isHeld)
  const expiredCount = sum(endings, (row) => row.isHeld && row.state === 'expired')
  const known = { days, from, to, endedCount, heldCount, openCount, expiredCount }
  const expiryRate = heldCount === 0 ? null : expiredCount / heldCount
  if (endedCount < FEWEST) {
    const nothing = { decidedCount: 0, p50Ms: null, p90Ms: null, isEnough: false, tables: [] }
    return { ...known, expiryRate, ...nothing }
  }
  const speeds = await readSpeeds(db, span)
  const [rules, causes, approvers] = [
    await readRules(runtime, span),
    await readCauses(db, span),
    await readApprovers(db, span),
  ]
  const all = speeds.find(({ policyVersion, risk }) => policyVersion === null && risk === null)
  const [p50Ms, p90Ms] = all && all.count > 0 ? percentiles(all) : [null, null]
  return {
    ...known,
    expiryRate,
    decidedCount: all?.count ?? 0,
    p50Ms,
    p90Ms,
    isEnough: true,
    tables: [
      answersTable(endings),
      endingsTable(endings),
      policiesTable(speeds),
      risksTable(speeds),
      rulesTable(rules),
      causesTable(causes),
      approversTable(approvers),
    ],
  }
}
