import type { Instant } from './common'

/** Days that insights look back over. */
export const INSIGHT_DAYS = [7, 30, 90] as const
export type InsightDays = (typeof INSIGHT_DAYS)[number]

export const INSIGHT_TABLES = [
  'answers',
  'endings',
  'policies',
  'risks',
  'rules',
  'causes',
  'approvers',
] as const
export type InsightTableId = (typeof INSIGHT_TABLES)[number]

/** `code`: a name of Countersign's own. `share`: 0 to 1. `span`: milliseconds. */
export type InsightColumnKind = 'text' | 'code' | 'count' | 'share' | 'span'

export interface InsightColumn {
  label: string
  kind: InsightColumnKind
  /** A bar stands beside the number: as long as the share, or as the number beside the greatest of its column. */
  isDrawn?: boolean
}

/** One chart with the numbers it is drawn from, which are also what its file holds. */
export interface InsightTable {
  id: InsightTableId
  title: string
  /** What is counted, and what it cannot say. */
  note: string
  columns: InsightColumn[]
  /** The first cell names the row. null: too few to say. */
  rows: (string | number | null)[][]
  /** What stands where there is no row. */
  empty: string
}

export interface InsightsView {
  days: InsightDays
  from: Instant
  to: Instant
  /** Requests that ended in that time, and those of them that had been held. */
  endedCount: number
  heldCount: number
  /** Held now, whenever they came. */
  openCount: number
  /** Of held requests that ended; null where none did. */
  expiryRate: number | null
  expiredCount: number
  /** Decided by people, and how long that took; null where too few were. */
  decidedCount: number
  p50Ms: number | null
  p90Ms: number | null
  /** Whether enough ended for anything to be said. */
  isEnough: boolean
  tables: InsightTable[]
}
