import type { HomeView, KnownBlock, ModalView } from '@slack/types'
import type { SlackContent } from '#lib/notify/slack/content'

/**
 * What Slack would refuse in a message, modal or home tab, in sentences; empty when it would take it. After
 * https://docs.slack.dev/reference/block-kit: only what this product uses is known, anything else is a fault.
 */
export function blockKitFaults(sent: SlackContent | ModalView | HomeView): string[] {
  const faults: string[] = []
  const blocks = sent.blocks as KnownBlock[]
  const most = 'type' in sent ? 100 : 50
  if (blocks.length === 0) faults.push('there is no block')
  if (blocks.length > most) faults.push(`${blocks.length} blocks are more than ${most}`)
  const size = JSON.stringify(blocks).length
  if (size > 13_000) faults.push(`${size} characters in all are more than 13,000`)
  const ids = blocks.flatMap(({ block_id }) => (block_id === undefined ? [] : [block_id]))
  if (new Set(ids).size < ids.length) faults.push('a block_id stands twice')
  for (const id of ids) within(faults, 'block_id', id, 255)
  for (const block of blocks) checkBlock(faults, block, 'type' in sent && sent.type === 'modal')
  if ('type' in sent) checkView(faults, sent)
  // Sent with its entities in it.
  else if (sent.text.length < 1 || sent.text.length > 4_000) faults.push('the text')
  return faults
}

function checkView(faults: string[], view: ModalView | HomeView): void {
  if (view.private_metadata) within(faults, 'private_metadata', view.private_metadata, 3_000)
  if (view.type === 'home') return
  within(faults, 'title', view.title.text, 24)
  if (view.submit) within(faults, 'submit', view.submit.text, 24)
  if (view.close) within(faults, 'close', view.close.text, 24)
  const hasInput = view.blocks.some(({ type }) => type === 'input')
  if (hasInput && !view.submit) faults.push('a modal with fields has no way to submit them')
}

function checkBlock(faults: string[], block: KnownBlock, isModal: boolean): void {
  if (block.type === 'header') checkText(faults, 'header', block.text, 150)
  else if (block.type === 'section') checkSection(faults, block)
  else if (block.type === 'context') checkContext(faults, block)
  else if (block.type === 'actions') checkActions(faults, block.elements)
  else if (block.type === 'input') checkInput(faults, block, isModal)
  else if (block.type === 'rich_text') checkRichText(faults, block.elements)
  else if (block.type !== 'divider') faults.push(`a block of type ${block.type} is not used here`)
}

type Of<Type extends KnownBlock['type']> = Extract<KnownBlock, { type: Type }>

function checkSection(faults: string[], { text, fields }: Of<'section'>): void {
  if (!text && !fields) faults.push('a section has neither text nor fields')
  if (text) checkText(faults, 'section', text, 3_000)
  count(faults, 'fields', fields ?? ['one'], 10)
  for (const field of fields ?? []) checkText(faults, 'field', field, 2_000)
}

function checkContext(faults: string[], { elements }: Of<'context'>): void {
  count(faults, 'context elements', elements, 10)
  for (const element of elements) {
    if (element.type === 'image') faults.push('an image')
    else checkText(faults, 'context', element, 2_000)
  }
}

function checkInput(faults: string[], block: Of<'input'>, isModal: boolean): void {
  if (!isModal) faults.push('a field outside a modal')
  if (block.block_id === undefined) faults.push('a field without a name')
  checkText(faults, 'label', block.label, 2_000)
  if (block.hint) checkText(faults, 'hint', block.hint, 2_000)
  checkElement(faults, block.element)
}

function checkActions(faults: string[], elements: Of<'actions'>['elements']): void {
  count(faults, 'buttons', elements, 25)
  const ids = elements.map(({ action_id }) => action_id)
  if (new Set(ids).size < ids.length) faults.push('an action_id stands twice in a block')
  for (const element of elements) checkElement(faults, element)
}

type AnyElement = Of<'actions'>['elements'][number] | Of<'input'>['element']
type ElementOf<Type extends AnyElement['type']> = Extract<AnyElement, { type: Type }>

function checkElement(faults: string[], element: AnyElement): void {
  within(faults, 'action_id', element.action_id ?? '', 255)
  if (element.type === 'button') checkButton(faults, element)
  else if (element.type === 'static_select') checkSelect(faults, element)
  else if (element.type === 'plain_text_input') checkTextInput(faults, element)
  else faults.push(`an element of type ${element.type} is not used here`)
}

function checkButton(faults: string[], { text, value, url }: ElementOf<'button'>): void {
  checkText(faults, 'button', text, 75)
  if (value !== undefined) within(faults, 'button value', value, 2_000)
  if (url !== undefined) checkUrl(faults, url)
}

function checkSelect(faults: string[], element: ElementOf<'static_select'>): void {
  const options = element.options ?? []
  count(faults, 'options', options, 100)
  for (const { text, value } of options) {
    checkText(faults, 'option', text, 75)
    within(faults, 'option value', value ?? '', 150)
  }
  const texts = options.map((option) => JSON.stringify(option))
  if (element.initial_option && !texts.includes(JSON.stringify(element.initial_option))) {
    faults.push('the first choice is none of the options')
  }
}

function checkTextInput(faults: string[], element: ElementOf<'plain_text_input'>): void {
  const { placeholder, max_length = 3_000, initial_value = '' } = element
  if (placeholder) checkText(faults, 'placeholder', placeholder, 150)
  if (max_length > 3_000) faults.push('max_length is more than 3,000')
  if (initial_value.length > max_length) faults.push('what is typed is longer than the field')
}

type RichText = Extract<KnownBlock, { type: 'rich_text' }>['elements']

function checkRichText(faults: string[], elements: RichText): void {
  if (elements.length === 0) faults.push('an empty rich text')
  for (const element of elements) {
    if (element.type === 'rich_text_list') checkRichText(faults, element.elements)
    else checkInlines(faults, element)
  }
}

function checkInlines(
  faults: string[],
  element: Exclude<RichText[number], { type: 'rich_text_list' }>,
): void {
  if (element.elements.length === 0) faults.push('an empty paragraph')
  for (const inline of element.elements) {
    if (inline.type === 'text') within(faults, 'rich text', inline.text, 3_000)
    else if (inline.type === 'link') checkUrl(faults, inline.url)
    else faults.push(`a ${inline.type} in rich text is not used here`)
  }
}

interface TextObject {
  type: 'plain_text' | 'mrkdwn'
  text: string
  emoji?: boolean
}

function checkText(faults: string[], what: string, object: TextObject, most: number): void {
  within(faults, what, object.text, most)
  if (object.type === 'plain_text' && object.emoji !== false) {
    faults.push(`${what} turns :names: into pictures`)
  }
}

function checkUrl(faults: string[], url: string): void {
  within(faults, 'address', url, 3_000)
  if (!URL.canParse(url)) faults.push(`${url} is no address`)
}

/** Counted as Slack does at its worst: with entities for & < >. An empty text is refused, too. */
function within(faults: string[], what: string, text: string, most: number): void {
  const length = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;').length
  if (length < 1) faults.push(`${what} is empty`)
  if (length > most) faults.push(`${what} has ${length} characters, more than ${most}`)
}

function count(faults: string[], what: string, list: readonly unknown[], most: number): void {
  if (list.length < 1 || list.length > most) faults.push(`${list.length} ${what}, not 1 to ${most}`)
}

/** Every text that is read as mark-up: mrkdwn objects, and the fallback. */
export function markedUp(sent: { text?: string; blocks: unknown }): string[] {
  const marked = objectsIn(sent.blocks).filter(({ type }) => type === 'mrkdwn')
  return [sent.text ?? '', ...textsOf(marked)]
}

/** Every text that a reader's eye gets, in order. */
export function shownTexts(sent: { blocks: unknown }): string[] {
  return textsOf(objectsIn(sent.blocks))
}

/** What stands in preformatted blocks, the only face of text that somebody else wrote at length. */
export function fenced(sent: { blocks: unknown }): string[] {
  const fences = objectsIn(sent.blocks).filter(({ type }) => type === 'rich_text_preformatted')
  return fences.map((fence) => textsOf(objectsIn(fence['elements'])).join(''))
}

/** `action_id`s of all buttons and fields. */
export function actionIds(sent: { blocks: unknown }): string[] {
  return objectsIn(sent.blocks).flatMap((one) => {
    const id = one['action_id']
    return typeof id === 'string' ? [id] : []
  })
}

type AnyObject = Record<string, unknown>

function objectsIn(value: unknown): AnyObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  if (typeof value !== 'object' || value === null) return []
  return [value as AnyObject, ...Object.values(value).flatMap(objectsIn)]
}

function textsOf(objects: AnyObject[]): string[] {
  return objects.flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
}
