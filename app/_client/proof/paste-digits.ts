import type { ClipboardEvent } from 'react'

/**
 * Authenticators show "418 203". The digits of what is pasted, without the space that would be one character too many; null where
 * it is no such thing and the browser pastes it as it is. A seventh digit is kept: it is an error, and is told as one.
 */
export function pastedDigits(event: ClipboardEvent<HTMLInputElement>): string | null {
  const text = event.clipboardData.getData('text').replaceAll(/\s/g, '')
  if (!/^\d+$/.test(text)) return null
  event.preventDefault()
  return text
}
