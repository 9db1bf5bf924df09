/** "41,188" */
export function countText(count: number): string {
  return count.toLocaleString('en-GB')
}

/** "1 request", "3 requests" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}
