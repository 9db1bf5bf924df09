import type { RetryForm } from '#lib/wire/queues'
import type { Instant } from './common'

/** What waits, what is stuck, and what nobody seems to look after. Lists are short: the oldest, and how many there are. */
export interface QueuesView {
  held: HeldView
  stuck: Capped<StuckView>
  wakeUps: Capped<WakeUpView>
  neverCollected: Capped<SilentView>
  neverReported: Capped<SilentView>
  /** Null: the server behind the queue cannot be asked. */
  jobs: JobsView | null
  endpoints: Capped<GivenUpView>
  announcements: Capped<UntoldView>
  /** Messages to Slack that were given up. */
  slackCount: number
  /** Nothing but requests that wait for people. */
  isClear: boolean
}

/** What the queues hold. */
export interface JobsView {
  rows: QueueRowView[]
  /** Newest first, a few of each queue. */
  deadLetters: DeadLetterView[]
}

export interface Capped<Row> {
  /** Counted up to where counting ends (`MOST_COUNTED`). */
  count: number
  /** The oldest of them. */
  rows: Row[]
}

export interface HeldView {
  count: number
  /** Of how many, the oldest, it is told what they wait for. */
  lookedAtCount: number
  /** How long they wait, from the shortest on. */
  byAge: { label: string; count: number }[]
  /** What they wait for, the most frequent first; one request may wait for several. */
  byNeed: { title: string; count: number }[]
  oldest: { requestId: string; goal: string; callerName: string; since: Instant; needs: string[] }[]
}

/** `goal` is caller's text, here and below. */
export interface StuckView {
  requestId: string
  goal: string
  since: Instant
}

export interface WakeUpView {
  id: string
  topic: string
  cause: string
  requestId: string
  since: Instant
  /** When it was last handed to a queue; null: never. */
  queuedAt: Instant | null
}

export interface SilentView {
  requestId: string
  goal: string
  callerName: string
  since: Instant
}

export interface QueueRowView {
  name: string
  label: string
  waiting: number
  active: number
  delayed: number
  failed: number
}

export interface DeadLetterView {
  queue: Extract<RetryForm, { which: 'one' }>['queue']
  id: string
  /** The request it is about, where it is about one. */
  requestId: string | null
  attempts: number
  /** The first line of the last error. */
  reason: string
  failedAt: Instant
}

export interface GivenUpView {
  endpointId: string
  host: string
  callerName: string
  since: Instant
  /** "It failed for days": a word of Countersign's. */
  why: 'failing' | 'gone'
}

export interface UntoldView {
  id: string
  /** A sentence that people were to be told. */
  text: string
  /** Whom; null: the alerts channel. */
  personName: string | null
  why: string
  at: Instant
}
