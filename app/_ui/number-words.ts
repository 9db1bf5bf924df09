const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** "41,188" */
export function countText(count: number): string {
  return count.toLocaleString('en-GB')
}

/** "one" to "ten", then digits: for running text. */
export function countWord(count: number): string {
  return small[count] ?? countText(count)
}

/** "1 request", "3 requests" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** "Mara Lindqvist, Tomás Rey or Aiko Mori" */
export function listed(names: readonly string[], last: 'and' | 'or'): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1) ?? ''}`
}
