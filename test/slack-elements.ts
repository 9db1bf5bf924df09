/** Reading what Slack holds: blocks, modals, buttons. */

export type Node = Record<string, unknown>

/** Every text of blocks, in order: what a person reads, and the addresses of buttons. */
export function textsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsOf)
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) => {
    const isRead = (key === 'text' || key === 'url') && typeof value === 'string'
    return isRead ? [value] : textsOf(value)
  })
}

/** The first button or select of blocks with this action. */
export function elementOf(node: unknown, actionId: string): Node | null {
  if (Array.isArray(node)) {
    return node.map((one) => elementOf(one, actionId)).find((one) => one !== null) ?? null
  }
  if (typeof node !== 'object' || node === null) return null
  if ('action_id' in node && node.action_id === actionId) return { ...node, block_id: 'b' }
  return elementOf(Object.values(node), actionId)
}

/** Names of the fields that a modal asks for. */
export function fieldsIn(view: Node): string[] {
  const blocks = Array.isArray(view['blocks']) ? (view['blocks'] as Node[]) : []
  return blocks.filter(({ type }) => type === 'input').map((block) => String(block['block_id']))
}

/** `view.state` of a modal in which these texts were typed or chosen; fields that are not named were left empty. */
export function stateOf(view: Node, fields: Readonly<Record<string, string>>): Node {
  const empty = Object.fromEntries(fieldsIn(view).map((block) => [block, '']))
  const values = Object.entries({ ...empty, ...fields }).map(([block, text]) => {
    const option = { text: { type: 'plain_text', text }, value: text }
    const value = isSelect(view, block)
      ? { type: 'static_select', selected_option: text === '' ? null : option }
      : { type: 'plain_text_input', value: text === '' ? null : text }
    return [block, { value }]
  })
  return { values: Object.fromEntries(values) }
}

function isSelect(view: Node, blockId: string): boolean {
  const blocks = Array.isArray(view['blocks']) ? (view['blocks'] as Node[]) : []
  const block = blocks.find((one) => one['block_id'] === blockId)
  if (!block) return blockId === 'reason'
  return JSON.stringify(block['element']).includes('static_select')
}
