import type { DecisionPoint } from './create'
import type { Question, RemoteAnswer } from './types'

const AFTER_FAULT_MS = 60_000

/**
 * Asks all decision points at once, outside any lock. Takes as long as the slowest, which its own timeout bounds. Never rejects
 * and always answers for each: a fault of ours is an answer without a verdict too.
 * @param now epoch ms
 * @returns one answer a point, in the order of `points`
 */
export async function askDecisionPoints(
  points: readonly DecisionPoint[],
  question: Question,
  now: () => number,
): Promise<RemoteAnswer[]> {
  return await Promise.all(
    points.map(async (point) => {
      const at = now()
      try {
        return { ...(await point.ask(question, now)), name: point.name }
      } catch {
        return {
          name: point.name,
          verdict: null,
          issues: [],
          at,
          inputSeq: question.inputSeq,
          error: 'internal' as const,
          retryAt: now() + AFTER_FAULT_MS,
          latencyMs: Math.max(0, now() - at),
          remoteRequestId: null,
          remotePolicyVersion: null,
        }
      }
    }),
  )
}
