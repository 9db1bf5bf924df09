import { type Html, html } from './html'
import type { Json } from './journal'
import { renderElement, renderInput, renderText } from './render-elements'
import { renderRichText, unknown } from './render-rich-text'

export interface BlocksContext {
  /** `state.values` of a view. */
  typed?: Record<string, Record<string, Json>>
  /** Refused inputs of a modal, by block id. */
  errors?: Record<string, string>
}

/** Block Kit, near enough to judge words and order. */
export function renderBlocks(blocks: Json[], context: BlocksContext = {}): Html {
  return html`${blocks.map((block) => renderBlock(block, context))}`
}

function renderBlock(block: Json, context: BlocksContext): Html {
  switch (block['type']) {
    case 'header':
      return html`<h3 class="h">${renderText(block['text'])}</h3>`
    case 'section':
      return renderSection(block, context)
    case 'context':
      return html`<p class="ctx">${listOf(block['elements']).map(renderText)}</p>`
    case 'rich_text':
      return renderRichText(block)
    case 'divider':
      return html`<hr>`
    case 'actions': {
      const elements = listOf(block['elements'])
      return html`<div class="buttons">${elements.map((element) => renderPlaced(block, element, context))}</div>`
    }
    case 'input': {
      const element = (block['element'] ?? {}) as Json
      const typed = typedIn(block, element, context)
      return renderInput(block, typed, context.errors?.[String(block['block_id'])])
    }
    default:
      return unknown(block)
  }
}

function renderSection(block: Json, context: BlocksContext): Html {
  const accessory = block['accessory'] as Json | undefined
  const fields = listOf(block['fields'])
  const words = html`${block['text'] !== undefined && html`<p>${renderText(block['text'])}</p>`}${
    fields.length > 0 &&
    html`<div class="two-col">${fields.map((field) => html`<div>${renderText(field)}</div>`)}</div>`
  }`
  if (!accessory) return words
  return html`<div class="beside"><div>${words}</div>${renderPlaced(block, accessory, context)}</div>`
}

function renderPlaced(block: Json, element: Json, context: BlocksContext): Html {
  const blockId = String(block['block_id'])
  return renderElement(element, { blockId, typed: typedIn(block, element, context) })
}

function typedIn(block: Json, element: Json, { typed }: BlocksContext): Json | null {
  return typed?.[String(block['block_id'])]?.[String(element['action_id'])] ?? null
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}
