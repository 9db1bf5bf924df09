import type { Json } from './journal'

export type StateValues = Record<string, Record<string, Json>>

const CHOICES = new Set(['static_select', 'radio_buttons'])

/**
 * The state that Slack sends of a view, of what stands in its fields.
 *
 * @param values what was typed or chosen, by block id
 * @returns and what Slack itself objects to before anything is sent, by block id
 */
export function readState(
  view: Json,
  values: Record<string, string>,
): { state: StateValues; errors: Record<string, string> } {
  const state: StateValues = {}
  const errors: Record<string, string> = {}
  for (const block of (view['blocks'] ?? []) as Json[]) {
    const blockId = String(block['block_id'])
    const value = values[blockId]
    for (const element of fieldsOf(block)) {
      state[blockId] = { [String(element['action_id'])]: typedValue(element, value) }
    }
    const fault = block['type'] === 'input' ? faultOf(block, value ?? '') : null
    if (fault) errors[blockId] = fault
  }
  return { state, errors }
}

/** What was typed outlives an update of the view wherever the same field is still there. */
export function keepTyped(before: Json | undefined, view: Json): Json {
  const typed = ((before?.['state'] ?? {}) as Json)['values'] as StateValues | undefined
  const kept = (view['blocks'] as Json[]).flatMap((block) => {
    const blockId = String(block['block_id'])
    return fieldsOf(block).flatMap((element) => {
      const actionId = String(element['action_id'])
      const value = typed?.[blockId]?.[actionId]
      return value?.['type'] === element['type'] ? [[blockId, { [actionId]: value }] as const] : []
    })
  })
  return { ...view, state: { values: Object.fromEntries(kept) } }
}

function fieldsOf(block: Json): Json[] {
  const elements = [
    ...((block['elements'] as Json[] | undefined) ?? []),
    (block['element'] ?? {}) as Json,
  ]
  return elements.filter(({ type }) => String(type).endsWith('_input') || CHOICES.has(String(type)))
}

function typedValue(element: Json, value: string | undefined): Json {
  const type = element['type']
  if (!CHOICES.has(String(type))) return { type, value: value ? value : null }
  const option = ((element['options'] ?? []) as Json[]).find((each) => each['value'] === value)
  return { type, selected_option: option ?? null }
}

function faultOf(block: Json, value: string): string | null {
  const { min_length: least, max_length: most } = block['element'] as Json
  if (value === '')
    return block['optional'] === true ? null : 'Please complete this required field.'
  if (typeof least === 'number' && value.length < least) {
    return `Please enter at least ${least} characters.`
  }
  if (typeof most === 'number' && value.length > most) {
    return `Please enter no more than ${most} characters.`
  }
  return null
}
