import type { TypedEvidence } from '#lib/notify/slack/blocks/evidence-modal'
import type { ModalMetadata } from '#lib/wire/slack/buttons'
import {
  fieldsOf,
  isSlackEvidenceType,
  type SlackEvidenceType,
  type SubmittedState,
} from '#lib/wire/slack/forms'

/** Of `private_metadata`, in characters. */
const MOST_METADATA = 3_000

/** What stands in a form of evidence and in those that were left before it, by block: `<type>.<field>`. */
export function typedSoFar(
  meta: ModalMetadata,
  state: SubmittedState | undefined,
): Record<string, string> {
  const shown = Object.entries(state ? fieldsOf(state) : {}).filter(([block]) => typeOf(block))
  const all = { ...meta.typed, ...Object.fromEntries(shown) }
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''))
}

/** Of one type, by field. */
export function typedFor(
  type: SlackEvidenceType,
  typed: Readonly<Record<string, string>>,
): TypedEvidence {
  return Object.fromEntries(
    Object.entries(typed)
      .filter(([block]) => typeOf(block) === type)
      .map(([block, text]) => [block.slice(type.length + 1), text]),
  )
}

/**
 * The metadata with what was typed for other types than the one that is shown. A text that does not fit beside the others is
 * left out whole: half of one could be sent off unnoticed.
 */
export function keepingTyped(
  meta: ModalMetadata,
  type: SlackEvidenceType,
  typed: Readonly<Record<string, string>>,
): ModalMetadata {
  let kept: ModalMetadata = { ...meta, evidenceType: type, typed: {} }
  for (const [block, text] of Object.entries(typed)) {
    if (typeOf(block) === type) continue
    const more = { ...kept, typed: { ...kept.typed, [block]: text } }
    if (JSON.stringify(more).length <= MOST_METADATA) kept = more
  }
  return kept
}

function typeOf(block: string): SlackEvidenceType | null {
  const [type = ''] = block.split('.')
  return isSlackEvidenceType(type) ? type : null
}
