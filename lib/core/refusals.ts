import type { Json } from './contract/json'
import { ACCESS_REFUSALS } from './refusals/access'
import type { RefusalEntry } from './refusals/entry'
import { GRANT_REFUSALS } from './refusals/grant'
import { INPUT_REFUSALS } from './refusals/input'
import { TICKET_REFUSALS } from './refusals/ticket'

/** The one closed table of refusals. Every door (API, console, Slack) tells a refusal from its row. */
export const REFUSALS = {
  ...INPUT_REFUSALS,
  ...ACCESS_REFUSALS,
  ...TICKET_REFUSALS,
  ...GRANT_REFUSALS,
} as const satisfies Record<string, RefusalEntry>

export type RefusalCode = keyof typeof REFUSALS

/** Why a redemption was refused: the codes that say retry, burn or leave. */
export type RedeemRefusalCode = {
  [Code in RefusalCode]: (typeof REFUSALS)[Code] extends { disposition: string } ? Code : never
}[RefusalCode]

/** One problem at one place of what was sent. `path` is a JSON Pointer (RFC 6901), '' for the whole. */
export type FieldProblem = { path: string; message: string; code: string }

/** A refusal as a value. `detail` is a sentence about this occurrence; it replaces the row's sentence for people. */
export type Refusal = {
  code: RefusalCode
  detail?: string
  fields?: FieldProblem[]
  meta?: Record<string, Json>
  /** The request it is about, where whoever asked named it by something else, such as a token. */
  requestId?: string
}

/** The row of a code: status, title, sentence and, for redemptions, disposition. */
export function refusalEntry(code: RefusalCode): RefusalEntry {
  return REFUSALS[code]
}

/** Whether a text is a code of the table: for codes that come back from a stored record or from the wire. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text)
}
