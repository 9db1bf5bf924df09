import type { Instant, PersonView, Prose, TicketStateView } from './common'
import type { ChecklistItemView, EnvironmentView } from './ticket'
import type { DigestWordsView, RejectReasonView } from './vote'

/**
 * What Slack's messages, modals and the app's home show, as plain JSON. Queries fill these, the builders of
 * lib/notify/slack/blocks only lay them out. As in views-common.ts, text that a caller or a person wrote travels only in
 * fields whose comment says so; it is raw, and the builders make it legible and fence it.
 */

/** Times are shown in `zone` (IANA); relative times count from `now`, the database's time of reading. */
export interface SlackClock {
  now: Instant
  zone: string
}

/**
 * Where an approval can be given. `code`: in a modal, with a 6-digit code. `passkey`: on the signing page only. `console`:
 * Slack cannot show the contract whole, so there is no vote in it. Only an offer: the core is the guard.
 */
export type ApproveOffer = 'code' | 'passkey' | 'console'

/** What the request is about, for a headline. All of it is checked against a narrow form, so none of it can imitate. */
export interface SubjectView {
  /** The first tool; a tool's name has letters, digits and . _ : / - only. */
  tool: string
  moreToolCount: number
  /** "EUR 48,200.00": out of the arguments, where they name one amount. */
  amount: string | null
}

/** What a voter has to have read, set out in lines. */
export interface ReadableView {
  /** Caller's text: the contract. It reads back as the contract, member for member. */
  text: string
  /** All of it, and of the evidence in the review, can be shown in one message or modal. */
  isWhole: boolean
}

/** Evidence that is in the review. */
export interface SlackEvidenceView {
  id: string
  /** "Rollback plan" */
  label: string
  authorName: string
  at: Instant
  /** Text of who attached it, in lines as the contract's; null once it was erased. */
  text: string | null
  /** It names a file, which is opened in the console. */
  isFile?: true
}

/** What somebody wrote about what they did. `lead` is Countersign's: "Tomás Rey, in their own words:" */
export interface NoteView {
  lead: string
  text: string
}

/** A line of what is missing. */
export interface MissingView {
  kind: ChecklistItemView['kind']
  /** "Approval by one release manager, with passkey or code" */
  text: string
}

/** A held request, or what became of it, for everybody who sees it in Slack. */
export interface CardView extends SlackClock {
  requestId: string
  /** In the console. */
  ticketUrl: string
  state: TicketStateView
  /** "Approval needed", "Signed, still held", "Expired, nothing ran" */
  headline: string
  subject: SubjectView
  environment: EnvironmentView
  callerName: string
  /** A change of the installation itself, which a person asked for in the console. */
  isOwnChange?: true
  ownerName: string
  /** "Production control plane" */
  riskLabels: string[]
  /** Caller's text. */
  goal: string
  /** Caller's text: whom the value goes to, out of the arguments; null where they do not say. */
  payee: string | null
  /** Caller's text: the arguments in lines; null where none are bound. */
  arguments: string | null
  /** Why it stands where it stands, and what happens next. */
  story: Prose
  /** Of whoever ended it. */
  note: NoteView | null
  /** What policy noticed and does not hold for: "The caller says staging, production is registered." */
  notices: string[]
  submittedAt: Instant
  closesAt: Instant | null
  closedAt: Instant | null
  missing: MissingView[]
  readable: ReadableView
  /** What a vote is bound to beside the contract. */
  evidence: SlackEvidenceView[]
  /** What a vote is bound to; null when it is not open. */
  review: { digest: string; words: DigestWordsView; isUnbound: boolean } | null
  offer: ApproveOffer
  /** Some approval is on file and counts. */
  isSigned: boolean
  /** An approval, or a look at what came after it, is still missing. */
  wantsVote: boolean
  /** Where missing evidence can be attached: a type with a form here, or one that only the console has; null: none is missing. */
  evidenceIn: 'slack' | 'console' | null
  policyVersion: string
}

/** A request as one linked person sees it in a modal. */
export interface ModalView extends CardView {
  viewer: PersonView
  /** Null: this person may vote. "You own ci-release, which asked for it. Mara Lindqvist can vote." */
  whyNot: Prose | null
  /** Their approval is on file and something came since: the same again for the new words. */
  isConfirmation: boolean
  mine: { choice: 'approve' | 'reject'; at: Instant } | null
  /** Their approval counts, and nothing came since that it would have to be given again for. */
  isGiven: boolean
  /** "It needs one more release manager and a rollback plan.": all that is missing; null when nothing is. */
  needs: string | null
  /** Second factors of theirs that count here. */
  methods: readonly ('passkey' | 'totp')[]
  /** The page of one ceremony. A listener may put a page with a pass in its place. */
  signUrl: string
  checklist: ChecklistItemView[]
  evidenceForms: { type: string; label: string; note: Prose }[]
  rejectReasons: RejectReasonView[]
}

/** never: no link was ever made. ended: it was ended since. deactivated: it holds, but the person may do nothing. */
export type WhyUnlinked = 'never' | 'ended' | 'deactivated'

/** The app's home, and what `/countersign` answers. */
export interface SlackHomeView extends SlackClock {
  organisation: string
  inboxUrl: string
  /** Null: the Slack user stands for nobody here, and `whyNobody` says why. */
  person: PersonView | null
  whyNobody: WhyUnlinked | null
  /** The most urgent of what needs this person. */
  needsMe: CardView[]
  needsMeCount: number
  /** Held requests that need nothing of this person, who may still reject them. */
  stoppable: CardView[]
  openCount: number
}

/** One thing that happened, told in the card's thread. */
export interface ThreadEntryView extends SlackClock {
  /** Of the request's stream. */
  ordinal: number
  at: Instant
  /** Without a full stop. */
  text: Prose
  note: NoteView | null
}
