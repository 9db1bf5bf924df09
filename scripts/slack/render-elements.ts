import { type Html, html } from './html'
import type { Json } from './journal'
import { renderMrkdwn } from './render-mrkdwn'
import { unknown } from './render-rich-text'

/** Where the element stands, and what was typed into it. */
export interface ElementPlace {
  blockId: string
  /** As in a view's state; null while nothing was. */
  typed: Json | null
  /** Ids of what describes an input. */
  describedBy?: string
}

const SINGLE_LINE: Record<string, string> = {
  plain_text_input: 'text',
  number_input: 'number',
  url_text_input: 'url',
  email_text_input: 'email',
}

export function renderElement(element: Json, place: ElementPlace): Html {
  const type = String(element['type'])
  if (type === 'button') return renderButton(element, place)
  if (type === 'static_select') return renderSelect(element, place)
  if (type === 'radio_buttons') return renderRadios(element, place)
  if (SINGLE_LINE[type]) return renderTextInput(element, place)
  return unknown(element)
}

function renderButton(element: Json, { blockId }: ElementPlace): Html {
  const { url, confirm, style, action_id: actionId } = element
  const words = textOf(element['text'])
  const look = typeof style === 'string' ? style : 'plain-button'
  const asked = confirm ? JSON.stringify(confirmOf(confirm as Json)) : null
  const attributes = html`data-press="${String(actionId)}" data-block="${blockId}" ${
    asked !== null && html`data-confirm="${asked}"`
  }`
  if (typeof url !== 'string') {
    return html`<button type="button" class="${look}" ${attributes}>${words}</button>`
  }
  const isSafe = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  return html`<a class="button ${look}" href="${isSafe ? url : '#'}" target="_blank" rel="noreferrer" ${attributes}>${words}</a>`
}

function confirmOf(confirm: Json): Record<string, string> {
  return {
    title: textOf(confirm['title']),
    text: textOf(confirm['text']),
    confirm: textOf(confirm['confirm']),
    deny: textOf(confirm['deny']),
  }
}

function renderSelect(element: Json, { blockId, typed, describedBy }: ElementPlace): Html {
  const chosen = chosenOf(element, typed)
  const actionId = String(element['action_id'])
  const options = (element['options'] ?? []) as Json[]
  return html`<select id="${inputId(blockId, actionId)}" data-block="${blockId}" data-choose="${actionId}"${described(describedBy)}>
    ${chosen === null && html`<option value="">${textOf(element['placeholder']) || 'Choose one'}</option>`}
    ${options.map(
      (option) =>
        html`<option value="${String(option['value'])}" ${option['value'] === chosen && 'selected'}>${textOf(option['text'])}</option>`,
    )}
  </select>`
}

function renderRadios(element: Json, { blockId, typed }: ElementPlace): Html {
  const chosen = chosenOf(element, typed)
  const actionId = String(element['action_id'])
  const options = (element['options'] ?? []) as Json[]
  return html`<div class="radios" role="radiogroup">${options.map(
    (option) =>
      html`<label class="radio"><input type="radio" name="${blockId}" value="${String(option['value'])}" data-block="${blockId}" data-choose="${actionId}" ${
        option['value'] === chosen && 'checked'
      }> ${textOf(option['text'])}</label>`,
  )}</div>`
}

function renderTextInput(element: Json, { blockId, typed, describedBy }: ElementPlace): Html {
  const actionId = String(element['action_id'])
  const value = String(typed ? (typed['value'] ?? '') : (element['initial_value'] ?? ''))
  const id = inputId(blockId, actionId)
  const placeholder = textOf(element['placeholder'])
  if (element['multiline'] === true) {
    return html`<textarea id="${id}" rows="4" data-block="${blockId}" placeholder="${placeholder}"${described(describedBy)}>${value}</textarea>`
  }
  return html`<input id="${id}" type="${SINGLE_LINE[String(element['type'])]}" data-block="${blockId}" placeholder="${placeholder}" value="${value}" autocomplete="off"${described(describedBy)}>`
}

/** An `input` block: label, field, hint, and why it was refused. */
export function renderInput(block: Json, typed: Json | null, fault: string | undefined): Html {
  const element = (block['element'] ?? {}) as Json
  const blockId = String(block['block_id'])
  const id = inputId(blockId, String(element['action_id']))
  const hint = textOf(block['hint'])
  const describedBy = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return html`<div class="field">
    <label for="${id}">${textOf(block['label'])}${
      block['optional'] === true && html` <span class="optional">(optional)</span>`
    }</label>
    ${renderElement(element, { blockId, typed, describedBy })}
    ${fault && html`<p class="fault" id="${id}-fault">${fault}</p>`}
    ${hint && html`<p class="cap" id="${id}-hint">${hint}</p>`}
  </div>`
}

/** A text object, as Slack would draw it. */
export function renderText(text: unknown): Html {
  const { type, text: words, verbatim } = (text ?? {}) as Json
  if (type === 'mrkdwn') return renderMrkdwn(String(words), verbatim === true)
  return html`<span class="lines">${String(words ?? '')}</span>`
}

export function textOf(text: unknown): string {
  const words = ((text ?? {}) as Json)['text']
  return typeof words === 'string' ? words : ''
}

function chosenOf(element: Json, typed: Json | null): unknown {
  const option = (typed ? typed['selected_option'] : element['initial_option']) as Json | null
  return option?.['value'] ?? null
}

function inputId(blockId: string, actionId: string): string {
  return `${blockId}-${actionId}`
}

function described(by: string | undefined): Html {
  return by ? html` aria-describedby="${by}"` : html``
}
