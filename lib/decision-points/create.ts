import { askStage0, STAGE0, type Stage0Config } from './stage0'
import type { Question, RemoteAnswer } from './types'

/** A remote service that may tighten a verdict, never loosen it. */
export interface DecisionPoint {
  /** As policy names it. */
  name: string
  ask(question: Question, now: () => number): Promise<RemoteAnswer>
}

/** The decision points that this installation is configured for. */
export function createDecisionPoints({ stage0 }: { stage0: Stage0Config | null }): DecisionPoint[] {
  if (!stage0) return []
  return [{ name: STAGE0, ask: (question, now) => askStage0(stage0, question, now) }]
}
