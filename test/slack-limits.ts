/** What Slack itself refuses, as its reference says: a block list over a limit never arrives. */

const MOST_BLOCKS = 50
const MOST_VIEW_BLOCKS = 100
/** All text of a message's blocks together; beyond it Slack answers msg_blocks_too_long. */
const MOST_CHARS = 13_200

type Node = Record<string, unknown>

/** @returns Slack's error code, or null when the blocks of a message are fine */
export function blockFault(blocks: unknown): string | null {
  if (blocks === undefined) return null
  if (!Array.isArray(blocks)) return 'invalid_blocks_format'
  if (blocks.length > MOST_BLOCKS) return 'invalid_blocks'
  if (textLength(blocks) > MOST_CHARS) return 'msg_blocks_too_long'
  return isEveryBlockFine(blocks as Node[]) ? null : 'invalid_blocks'
}

/** @returns Slack's error code, or null when the view is fine */
export function viewFault(view: unknown): string | null {
  if (!isNode(view) || !Array.isArray(view['blocks'])) return 'invalid_arguments'
  const { blocks, title, submit, close, private_metadata: metadata } = view
  const isFine =
    blocks.length <= MOST_VIEW_BLOCKS &&
    isEveryBlockFine(blocks as Node[]) &&
    [title, submit, close].every((text) => textOf(text).length <= 24) &&
    String(metadata ?? '').length <= 3_000
  return isFine ? null : 'invalid_arguments'
}

function isEveryBlockFine(blocks: Node[]): boolean {
  const ids = blocks.flatMap((block) => (block['block_id'] ? [String(block['block_id'])] : []))
  const hasUniqueIds = new Set(ids).size === ids.length
  return hasUniqueIds && ids.every((id) => id.length <= 255) && blocks.every(isBlockFine)
}

function isBlockFine(block: Node): boolean {
  const elements = Array.isArray(block['elements']) ? (block['elements'] as Node[]) : []
  switch (block['type']) {
    case 'header':
      return isLength(block['text'], 1, 150)
    case 'section':
      return isSectionFine(block)
    case 'context':
      return elements.length >= 1 && elements.length <= 10 && elements.every(isContextElementFine)
    case 'actions':
      return elements.length >= 1 && elements.length <= 25 && elements.every(isElementFine)
    case 'input':
      return isLength(block['label'], 1, 2_000) && isNode(block['element'])
    case 'rich_text':
      return elements.length >= 1
    case 'divider':
      return true
    default:
      return false
  }
}

function isSectionFine(block: Node): boolean {
  const fields = Array.isArray(block['fields']) ? (block['fields'] as Node[]) : []
  const accessory = block['accessory']
  return (
    (block['text'] !== undefined || fields.length > 0) &&
    (block['text'] === undefined || isLength(block['text'], 1, 3_000)) &&
    fields.length <= 10 &&
    fields.every((field) => isLength(field, 1, 2_000)) &&
    (!isNode(accessory) || isElementFine(accessory))
  )
}

function isContextElementFine(element: Node): boolean {
  return element['type'] === 'image' || isLength(element, 1, 3_000)
}

function isElementFine(element: Node): boolean {
  if (element['type'] !== 'button') return typeof element['action_id'] === 'string'
  return (
    isLength(element['text'], 1, 75) &&
    String(element['value'] ?? '').length <= 2_000 &&
    String(element['url'] ?? '').length <= 3_000 &&
    String(element['action_id'] ?? '').length <= 255
  )
}

function isLength(text: unknown, least: number, most: number): boolean {
  const { length } = textOf(text)
  return length >= least && length <= most
}

function textOf(text: unknown): string {
  return isNode(text) ? String(text['text'] ?? '') : ''
}

function textLength(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, each) => sum + textLength(each), 0)
  if (!isNode(node)) return 0
  const own = typeof node['text'] === 'string' ? node['text'].length : 0
  return Object.values(node).reduce((sum: number, each) => sum + textLength(each), own)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
