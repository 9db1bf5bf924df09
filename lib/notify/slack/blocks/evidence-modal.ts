import type { InputBlock, KnownBlock, ModalView as SlackModal } from '@slack/types'
import { type ModalMetadata, SLACK_ACTIONS, SLACK_VIEWS } from '#lib/wire/slack/buttons'
import { SLACK_EVIDENCE, type SlackEvidenceType } from '#lib/wire/slack/forms'
import type { ModalView } from '#lib/wire/views/slack'
import { faultBlocks } from './approve-modal'
import { choiceInput, modal, textInput } from './modal'
import { modalHead } from './signed'
import { caption, cut, inlines, paragraph, plain } from './text'

const MOST_FAULTS = 5

/** What was typed, by field. */
export type TypedEvidence = Readonly<Record<string, string>>

/** A form of one type; choosing another type asks for its form. `faults` are by field. */
export function evidenceModal(
  view: ModalView,
  meta: ModalMetadata,
  type: SlackEvidenceType,
  typed: TypedEvidence = {},
  faults: Readonly<Record<string, string>> = {},
): SlackModal {
  return modal({
    title: 'Add evidence',
    submit: {
      callbackId: SLACK_VIEWS.evidence,
      label: 'Attach',
      meta: { ...meta, evidenceType: type },
    },
    blocks: [
      ...Object.values(faults).slice(0, MOST_FAULTS).flatMap(faultBlocks),
      ...modalHead(view),
      typeChoice(type),
      ...noteOn(view, type),
      ...fieldsOf(type, typed, view),
    ],
  })
}

/** When it counts, where the checklist asks for it. */
function noteOn(view: ModalView, type: SlackEvidenceType): KnownBlock[] {
  const form = view.evidenceForms.find((one) => one.type === type)
  return form
    ? [paragraph(inlines(form.note, view))]
    : [caption('Nothing asks for this type. It is kept with the request all the same.')]
}

function typeChoice(type: SlackEvidenceType): KnownBlock {
  const options = Object.entries(SLACK_EVIDENCE).map(([value, label]) => ({
    text: plain(label, 75),
    value,
  }))
  const initial = options.find(({ value }) => value === type)
  return {
    type: 'actions',
    block_id: 'evidence_type',
    elements: [
      {
        type: 'static_select',
        action_id: SLACK_ACTIONS.evidenceType,
        options,
        ...(initial && { initial_option: initial }),
      },
    ],
  }
}

function fieldsOf(type: SlackEvidenceType, typed: TypedEvidence, view: ModalView): InputBlock[] {
  const text = (block: string, label: string, more: object = {}) =>
    textInput({ block: `${type}.${block}`, label, initial: typed[block], ...more })
  switch (type) {
    case 'rollback_plan':
      return [
        text('steps', 'Steps, one a line', { multiline: true, most: 3_000 }),
        text('owner', 'Who carries it out', { most: 200, placeholder: cut(view.viewer.name, 80) }),
        text('estimated_minutes', 'Time it takes, in minutes', { most: 5 }),
        text('previous_version', 'Version to go back to', { most: 200 }),
        choiceInput({
          block: `${type}.tested`,
          label: 'Were these steps run before?',
          options: [
            { value: 'yes', label: 'Yes' },
            { value: 'no', label: 'No' },
          ],
          initial: typed['tested'],
        }),
      ]
    case 'change_record':
      return [
        text('system', 'System', { most: 200, placeholder: 'Jira' }),
        text('id', 'Its number there', { most: 200, placeholder: 'OPS-214' }),
        text('url', 'Address', { most: 2_000, placeholder: 'https://' }),
      ]
    case 'note':
      return [text('text', 'Note', { multiline: true, most: 3_000 })]
  }
}
