/** What a runtime does with its grant after a refused redemption (2-domain, Grant). */
export type Disposition = 'retry' | 'burn' | 'leave'

/** One row of the refusal table. */
export type RefusalEntry = {
  /** HTTP status of the problem details (RFC 9457). */
  status: number
  /** Short, the same for every occurrence. */
  title: string
  /** For people: what happened and what to do next. */
  sentence: string
  /** Only for refusals of a redemption. */
  disposition?: Disposition
}
