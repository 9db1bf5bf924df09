import type { InputBlock, KnownBlock, ModalView as SlackModal } from '@slack/types'
import { SLACK_LIMITS } from '#lib/wire/slack/budget'
import { FORM_VALUE, type ModalMetadata } from '#lib/wire/slack/buttons'
import { cut, paragraph, plain, said } from './text'

export interface ModalInput {
  title: string
  blocks: KnownBlock[]
  /** Submitted as this view; without it there is only a way out. */
  submit?: { callbackId: string; label: string; meta: ModalMetadata }
  close?: string
}

export function modal({ title, blocks, submit, close = 'Close' }: ModalInput): SlackModal {
  return {
    type: 'modal',
    title: plain(title, SLACK_LIMITS.modalTitle),
    close: plain(submit ? 'Cancel' : close, SLACK_LIMITS.modalTitle),
    ...(submit && {
      callback_id: submit.callbackId,
      submit: plain(submit.label, SLACK_LIMITS.modalTitle),
      private_metadata: JSON.stringify(submit.meta),
    }),
    blocks,
  }
}

export function textInput(input: {
  block: string
  label: string
  multiline?: boolean
  placeholder?: string
  hint?: string
  most?: number
  least?: number
  initial?: string | undefined
  optional?: boolean
}): InputBlock {
  return {
    type: 'input',
    block_id: input.block,
    label: plain(input.label),
    optional: input.optional === true,
    ...(input.hint !== undefined && { hint: plain(input.hint) }),
    element: {
      type: 'plain_text_input',
      action_id: FORM_VALUE,
      multiline: input.multiline === true,
      ...(input.most !== undefined && { max_length: input.most }),
      ...(input.least !== undefined && { min_length: input.least }),
      ...(input.placeholder !== undefined && { placeholder: plain(input.placeholder, 150) }),
      ...(input.initial !== undefined && input.initial !== '' && { initial_value: input.initial }),
    },
  }
}

export function choiceInput(input: {
  block: string
  label: string
  options: readonly { value: string; label: string }[]
  initial?: string | undefined
  optional?: boolean
}): InputBlock {
  const options = input.options.map(({ value, label }) => ({ text: plain(label, 75), value }))
  const initial = options.find(({ value }) => value === input.initial)
  return {
    type: 'input',
    block_id: input.block,
    label: plain(input.label),
    optional: input.optional === true,
    element: {
      type: 'static_select',
      action_id: FORM_VALUE,
      options,
      ...(initial && { initial_option: initial }),
    },
  }
}

/** Opened at once, before anything is read. */
export function loadingModal(title: string): SlackModal {
  return modal({ title, blocks: [paragraph([said('One moment: it is being read.')])] })
}

/** Shown at once after a submission, while it is worked on. */
export function countingModal(): SlackModal {
  return modal({
    title: 'One moment',
    blocks: [paragraph([said('Nothing is counted yet. This says so as soon as it is.')])],
  })
}

export function doneModal({ title, text }: { title: string; text: string }): SlackModal {
  return modal({ title, blocks: [paragraph([said(cut(text, 2_000))])] })
}
