import { visibleText } from '#lib/core/contract/visible'
import { SLACK_LIMITS, slackLength } from '#lib/wire/slack-budget'
import type { ReadableView } from '#lib/wire/views-slack'

/** The contract as one preformatted text of at most 3,000 characters; not whole when it ends in a line that says so. */
export function contractText(view: { readable: ReadableView }): { text: string; isWhole: boolean } {
  const { text, isWhole } = view.readable
  return readable(text, isWhole)
}

export function readable(raw: string, isWhole: boolean): { text: string; isWhole: boolean } {
  const text = visibleText(raw, { keepLines: true })
  if (slackLength(text) <= SLACK_LIMITS.text) return { text, isWhole }
  return { text: truncated(text), isWhole: false }
}

function truncated(text: string): string {
  const room = SLACK_LIMITS.text - RESERVED
  let kept = ''
  let length = 0
  for (const character of text) {
    length += slackLength(character)
    if (length > room) break
    kept += character
  }
  return `${kept}\n… ${text.length - kept.length} characters more: open the console`
}

/** For the line that says how much is left out. */
const RESERVED = 60
