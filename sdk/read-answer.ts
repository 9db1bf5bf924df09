import type { RequestAnswer, TokenAnswer } from './answers'
import { CountersignError } from './errors'

/** Far above the largest answer there is (a token of a large contract), far below what hurts a small runtime. */
const MOST_ANSWER_BYTES = 8 * 1024 * 1024

/**
 * The body as text, read no further than its bound: whoever answers decides how much they send, not how much is kept.
 * @returns null when it is longer
 */
export async function readText(
  response: Response,
  mostBytes: number = MOST_ANSWER_BYTES,
): Promise<string | null> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength
    if (bytes > mostBytes) {
      await reader.cancel().catch(() => undefined)
      return null
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * What is said of a request, once it has what every request of its state has, and is about the one that was asked for: a mix-up
 * of answers on the way must not become the release of another request.
 * @throws CountersignError `unreadable_answer`
 */
export function readRequest<Answer extends RequestAnswer>(
  answer: Answer,
  requestId?: string,
): Answer {
  const { request_id, state, contract_digest, issues, requirements, grant, closed } = answer
  const isWhole =
    [request_id, state, contract_digest].every((text) => typeof text === 'string') &&
    [issues, requirements].every(Array.isArray) &&
    (state !== 'released' || typeof grant?.state === 'string') &&
    ((state !== 'rejected' && state !== 'cancelled') || isObject(closed))
  if (isWhole && (requestId ?? request_id) === request_id) return answer
  const told = 'The server answered with what is not this request'
  throw new CountersignError(told, 'unreadable_answer', requestId)
}

/** @throws CountersignError `unreadable_answer` */
export function readToken(answer: TokenAnswer, requestId: string): TokenAnswer {
  if (typeof answer.token === 'string' && answer.request_id === requestId) return answer
  const told = 'The server answered with what is not the token of this request'
  throw new CountersignError(told, 'unreadable_answer', requestId)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
