import { MOST_COUNTED } from '#lib/wire/views/inbox'

/** "41,188" */
export function countText(count: number): string {
  return count.toLocaleString('en-GB')
}

/** "1 request", "3 requests" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** "214", "999+": counting ends somewhere, and says so. */
export function cappedText(count: number): string {
  return count < MOST_COUNTED ? countText(count) : `${countText(MOST_COUNTED - 1)}+`
}

/** "50+": there are more, and nobody counted them. */
export function atLeastText(count: number): string {
  return `${countText(count)}+`
}
