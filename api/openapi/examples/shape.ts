import type { Example } from '#lib/wire/openapi'

/** What a call looks like. The first of several is the one to begin with. */
export interface OperationExamples {
  /** By name, wherever they go. */
  parameters?: Record<string, string>
  body?: Record<string, Example>
  /** By status, then by name. */
  answers: Record<string, Record<string, Example>>
}
