/** "Aiko Mori", "Aiko Mori or Tomás Rey", "You, Tomás Rey or Aiko Mori", "You, Aiko Mori, Tomás Rey or 4 others" */
export function oneOf(names: string[], word: 'or' | 'and' = 'or'): string {
  const shown = names.length > MOST_NAMES + 1 ? names.slice(0, MOST_NAMES) : names
  const rest = names.length - shown.length
  const parts = rest > 0 ? [...shown, `${rest} others`] : shown
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`
}

const MOST_NAMES = 3

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine']

/** "One", "Two" … "Nine", "10" */
export function count(number: number): string {
  return NUMBERS[number] ?? String(number)
}
