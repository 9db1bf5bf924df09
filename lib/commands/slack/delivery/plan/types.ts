import type { Subject } from './pick-channel'

/** Why somebody is messaged directly. */
export type Occasion = 'asked' | 'confirm' | 'reminder' | 'escalation'

/** Somebody linked and active who can give what is missing now. */
export interface Askable {
  personId: string
  /** confirm: they approved, and something came since. */
  occasion: 'asked' | 'confirm'
  groups: readonly string[]
}

/** A delivery that is on record, with its message where there is one. */
export interface Existing {
  target: string
  message: {
    id: string
    kind: 'card' | 'direct' | 'requester' | 'digest'
    /** What its buttons act on. */
    requestId: string | null
    state: 'queued' | 'sent' | 'failed' | 'given_up'
    /** Slack has it: whoever it is for sees something, be it old. */
    isPosted: boolean
    occasion: string | null
    /** Epoch ms. */
    createdAt: number
  } | null
  /** There was a message, which was taken away from whoever it was for when they left. */
  isTakenBack: boolean
  /** Whoever it is for is linked and active; true for channels. */
  isReachable: boolean
}

export interface Watch {
  /** Epoch ms, as all times here. */
  nextAt: number | null
  remindersSent: number
  escalations: number
  unreachedSince: number | null
}

/** All that the announcement of one request depends on. */
export interface AnnounceState {
  requestId: string
  isOpen: boolean
  openedAt: number
  deadlineAt: number | null
  /** Null while it is open. */
  closedAt: number | null
  subject: Subject
  /** A vote is missing: one for an approval, or one that confirms what came after. */
  needsPeople: boolean
  /** In the order in which they are asked. */
  people: readonly Askable[]
  /** Whoever owns the caller, where they are linked and active. */
  requesterId: string | null
  existing: readonly Existing[]
  /** Null: it was never announced. */
  watch: Watch | null
  /** Cards of equal asks that are open, by channel. */
  liveCards: Readonly<Record<string, string>>
  /** By target, what tells of the oldest open equal ask that came before; absent where there is none. */
  elders: Readonly<Record<string, { messageId: string | null }>>
  /** When an equal ask was rejected last. */
  rejectedAt: number | null
  /** What this caller set off within the flood's time: cards by channel, requests told directly, alerts. */
  recent: { cards: Readonly<Record<string, number>>; directs: number; alerts: number }
  /** Digests of this caller that still grow, by channel. */
  digests: Readonly<Record<string, string>>
  /** The one that whoever owns the caller has, while it still grows. */
  ownerDigest: string | null
  hasAlert: boolean
}

/** What should exist for one target. */
export type Step =
  | { target: string; how: 'keep'; occasion?: Occasion }
  | { target: string; how: 'join'; messageId: string }
  | { target: string; how: 'new'; message: NewMessage }
  | { target: string; how: 'wait'; why: string; until: number | null }
  | { target: string; how: 'fail'; why: string }

export type NewMessage =
  | { kind: 'card' | 'digest'; channelId: string }
  | { kind: 'direct'; personId: string; occasion: Occasion }
  | { kind: 'requester' | 'digest'; personId: string }

export interface Plan {
  steps: Step[]
  /** Targets on record that nothing is told to any more, and nothing was. */
  drop: string[]
  /** Targets whose message loses its contents: whoever it is for is no longer linked, or no longer active. */
  withdraw: string[]
  alert: 'unreached' | 'no_route' | null
  watch: Watch
}

export function channelTarget(channelId: string): string {
  return `channel:${channelId}`
}

export function personTarget(personId: string): string {
  return `person:${personId}`
}

export function requesterTarget(personId: string): string {
  return `requester:${personId}`
}
