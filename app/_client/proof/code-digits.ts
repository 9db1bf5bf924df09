import type { ClipboardEvent } from 'react'

/**
 * A code as it is typed, pasted or filled in, without the space that authenticators show in "418 203". A seventh digit is kept:
 * it is an error, and is told as one.
 */
export function closedUp(text: string): string {
  return text.replaceAll(/\s/g, '')
}

/** The digits of what is pasted: they replace what stands in the field. Null where it is no code: the browser pastes it as it is. */
export function pastedDigits(event: ClipboardEvent<HTMLInputElement>): string | null {
  const text = closedUp(event.clipboardData.getData('text'))
  if (!/^\d+$/.test(text)) return null
  event.preventDefault()
  return text
}
