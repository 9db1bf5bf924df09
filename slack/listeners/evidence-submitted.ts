import type { App } from '@slack/bolt'
import type { ModalView as SlackModal } from '@slack/types'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import type { Refusal } from '#lib/core/refusals'
import { refusalEntry } from '#lib/core/refusals'
import { doneModal } from '#lib/notify/slack/blocks/modal'
import { refusedModal } from '#lib/notify/slack/blocks/refusal'
import { type ModalMetadata, SLACK_VIEWS } from '#lib/wire/slack/buttons'
import {
  type EvidenceBody,
  type FormReading,
  isSlackEvidenceType,
  readEvidence,
  SLACK_EVIDENCE,
  type SubmittedState,
} from '#lib/wire/slack/forms'
import type { ListenerDeps } from './deps'
import { faultsOf, onSubmit, type Submission } from './submit'
import { UNREADABLE } from './told'
import { whileBusy } from './while-busy'
import { identify } from './who'

/** The form of one type of evidence. What it is worth is the policy's to say. */
export function register(app: App, deps: ListenerDeps): void {
  onSubmit(
    app,
    deps,
    { callbackId: SLACK_VIEWS.evidence, faults: (sent) => faultsOf(readForm(sent)) },
    (submission) => attach(deps, submission),
  )
}

/** A form of no type has nothing to correct in it: it is refused as a whole. */
function readForm(sent: { meta: ModalMetadata; state: SubmittedState }): FormReading<EvidenceBody> {
  const type = sent.meta.evidenceType ?? ''
  return isSlackEvidenceType(type) ? readEvidence(type, sent.state) : { ok: false, errors: {} }
}

async function attach(deps: ListenerDeps, submission: Submission): Promise<SlackModal> {
  const { meta, person } = submission
  const type = meta.evidenceType ?? ''
  const form = readForm(submission)
  if (!form.ok || !isSlackEvidenceType(type)) return refusedModal(UNREADABLE)
  const message = { messageId: meta.message, requestId: meta.request, name: person.name }
  const done = await whileBusy(deps, message, () =>
    addEvidence(deps.runtime, {
      requestId: meta.request,
      actor: { kind: 'person', id: person.personId },
      type,
      body: form.value,
      channel: 'slack',
      slackLinkId: person.linkId,
    }),
  )
  if (!done.ok) return await unattached(deps, submission, done.refusal)
  return doneModal({
    title: 'Attached',
    text: `${SLACK_EVIDENCE[type]} attached. Anyone who signed before it arrived may be asked to confirm.`,
  })
}

async function unattached(
  deps: ListenerDeps,
  submission: Submission,
  refusal: Refusal,
): Promise<SlackModal> {
  if (refusal.code === 'slack_not_linked') {
    const who = await identify(deps, submission)
    if (!who.isKnown) return refusedModal(who.told)
  }
  const { title, sentence } = refusalEntry(refusal.code)
  const url = `${deps.runtime.config.publicUrl}/tickets/${submission.meta.request}`
  return refusedModal({ title, text: `${refusal.detail ?? sentence} Nothing was attached.`, url })
}
