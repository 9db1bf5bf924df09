import { mayAttach } from '#lib/core/ticket/may-attach'
import { EVIDENCE_LABELS, type EvidenceType, isEvidenceType } from '#lib/wire/evidence'
import type { EvidenceFormView } from '#lib/wire/views/ticket'
import type { TicketPicture } from './load-ticket'

type People = { id: string; name: string }[]

/** A form for what the checklist asks for and nobody has given. */
export function missingEvidence(picture: TicketPicture, people: People): EvidenceFormView[] {
  return missingTypes(picture).map(([type, countsAtOnce]) =>
    formOf(type, people, countsAtOnce ? COUNTS_AT_ONCE : COUNTS_ONCE_REVIEWED),
  )
}

/** Everything else that may be attached while the ticket is open, as the table of types has it. */
export function otherEvidence(picture: TicketPicture, people: People): EvidenceFormView[] {
  if (!isOffered(picture)) return []
  const missing = new Set(missingTypes(picture).map(([type]) => type))
  return Object.keys(EVIDENCE_LABELS)
    .filter(isEvidenceType)
    .filter((type) => !missing.has(type))
    .map((type) => formOf(type, people, KEPT))
}

function missingTypes(
  picture: TicketPicture,
): (readonly [type: EvidenceType, countsAtOnce: boolean])[] {
  if (!isOffered(picture)) return []
  return picture.evaluation.requirements.flatMap(({ requirement, state }) =>
    requirement.kind === 'evidence' && state === 'missing' && isEvidenceType(requirement.type)
      ? [[requirement.type, requirement.approve_before_evidence] as const]
      : [],
  )
}

function isOffered({ ticket, viewerId, rows, facts }: TicketPicture): boolean {
  if (ticket.state !== 'open' || viewerId === null) return false
  const roles = facts.directory.people[viewerId]?.roles ?? []
  return mayAttach({ roles, ownsCaller: rows.caller.owner_id === viewerId })
}

function formOf(type: EvidenceType, people: People, note: string): EvidenceFormView {
  return {
    type,
    label: EVIDENCE_LABELS[type],
    note: [note],
    whyNot: null,
    people: type === 'rollback_plan' ? people : [],
  }
}

const COUNTS_AT_ONCE = 'It counts as soon as it is on file.'
const COUNTS_ONCE_REVIEWED =
  'It counts once an approver has reviewed it. Anyone who signed before it arrived is asked to confirm.'
const KEPT = 'Nothing waits for it. It is kept with the request.'
