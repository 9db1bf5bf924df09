import type { App } from '@slack/bolt'
import type { ModalView as SlackModal } from '@slack/types'
import { type CastVoteInput, castVote } from '#lib/commands/vote/cast-vote'
import type { Refusal, RefusalCode } from '#lib/core/refusals'
import { isVotable } from '#lib/notify/slack/blocks/approve-modal'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { modalView } from '#lib/queries/slack/modal-view'
import { countedVote, uncountedVote } from '#lib/queries/slack/told-vote'
import { SLACK_VIEWS } from '#lib/wire/slack/buttons'
import { readApprove, readReject } from '#lib/wire/slack/forms'
import { askToApprove } from './ask-to-approve'
import type { ListenerDeps } from './deps'
import { faultsOf, onSubmit, type Submission } from './submit'
import { NOT_WHOLE, toldModal, UNREADABLE } from './told'
import { whileBusy } from './while-busy'
import { identify } from './who'

/** The two modals that vote. What may be counted is the command's to say, under the lock. */
export function register(app: App, deps: ListenerDeps): void {
  onSubmit(
    app,
    deps,
    { callbackId: SLACK_VIEWS.approve, faults: ({ state }) => faultsOf(readApprove(state)) },
    (submission) => approve(deps, submission),
  )
  onSubmit(
    app,
    deps,
    { callbackId: SLACK_VIEWS.reject, faults: ({ state }) => faultsOf(readReject(state)) },
    (submission) => reject(deps, submission),
  )
}

async function approve(deps: ListenerDeps, submission: Submission): Promise<SlackModal> {
  const { person, meta, state } = submission
  const typed = readApprove(state)
  if (!typed.ok || meta.review === null) return refusedModal(UNREADABLE)
  const { personId } = person
  const view = await modalView(deps.runtime, { requestId: meta.request, personId })
  // What no modal could show whole, no modal signs.
  if (view && !isVotable(view)) return refusedModal({ ...NOT_WHOLE, url: view.ticketUrl })
  const { code, note } = typed.value
  const cast = await send(deps, submission, {
    choice: 'approve',
    reviewDigest: meta.review,
    mfa: { kind: 'totp', code },
    note,
    reason: null,
  })
  if (cast.ok) return await counted(deps, submission)
  return ASKED_AGAIN.has(cast.refusal.code)
    ? await askAgain(deps, submission, { refusal: cast.refusal, note })
    : await uncounted(deps, submission, cast.refusal)
}

async function reject(deps: ListenerDeps, submission: Submission): Promise<SlackModal> {
  const typed = readReject(submission.state)
  if (!typed.ok) return refusedModal(UNREADABLE)
  const cast = await send(deps, submission, {
    choice: 'reject',
    reviewDigest: submission.meta.review ?? '',
    mfa: null,
    ...typed.value,
  })
  return cast.ok ? await counted(deps, submission) : await uncounted(deps, submission, cast.refusal)
}

type Choice = Pick<CastVoteInput, 'choice' | 'reviewDigest' | 'mfa' | 'note' | 'reason'>

function send(deps: ListenerDeps, { person, meta }: Submission, choice: Choice) {
  const { personId, linkId, name } = person
  return whileBusy(deps, { messageId: meta.message, requestId: meta.request, name }, () =>
    castVote(deps.runtime, {
      ...choice,
      requestId: meta.request,
      personId,
      channel: 'slack',
      slackLinkId: linkId,
    }),
  )
}

async function counted({ runtime }: ListenerDeps, submission: Submission): Promise<SlackModal> {
  return toldModal(await countedVote(runtime, voteOf(submission)))
}

async function uncounted(
  deps: ListenerDeps,
  submission: Submission,
  refusal: Refusal,
): Promise<SlackModal> {
  if (refusal.code === 'slack_not_linked') {
    const who = await identify(deps, submission)
    if (!who.isKnown) return refusedModal(who.told)
  }
  return toldModal(await uncountedVote(deps.runtime, { ...voteOf(submission), refusal }))
}

/** What another try, or reading it again, may put right. */
const ASKED_AGAIN: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'review_changed',
  'mfa_failed',
  'mfa_locked',
  'mfa_not_phishing_resistant',
  'channel_not_allowed',
])

/** The request as it is now, with why the last try was not counted and with what was typed; never with the code. */
async function askAgain(
  deps: ListenerDeps,
  submission: Submission,
  { refusal, note }: { refusal: Refusal; note: string | null },
): Promise<SlackModal> {
  const vote = voteOf(submission)
  const told = await uncountedVote(deps.runtime, { ...vote, refusal })
  if (told.isCounted || told.isMoot) return toldModal(told)
  return await askToApprove(deps, {
    ...vote,
    messageId: submission.meta.message,
    shown: submission.meta.review,
    typed: { fault: `${told.title}. ${told.text}`, ...(note !== null && { note }) },
    locked: refusal.code === 'mfa_locked' ? { title: told.title, text: told.text } : null,
  })
}

function voteOf({ meta, person }: Submission) {
  return { requestId: meta.request, personId: person.personId }
}
