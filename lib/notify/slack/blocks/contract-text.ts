import { visibleText } from '#lib/core/contract/visible'
import { keptWithin, SLACK_LIMITS, slackLength } from '#lib/wire/slack/budget'
import type { ReadableView } from '#lib/wire/views/slack'

/** Where the rest of a shortened text is read. */
const IN_CONSOLE = 'open the console'
export const IN_DETAILS = 'press Details'

/** A text for one preformatted block; not whole when it ends in a line that says how much is missing. */
export interface Reading {
  text: string
  isWhole: boolean
}

/**
 * The contract as one preformatted text of at most 3,000 characters, escapes and all. `isWhole` is false also where it fits
 * and the evidence in the same review does not: then there is no vote in Slack.
 */
export function contractText(view: { readable: ReadableView }): Reading {
  const { text, isWhole } = reading(view.readable.text)
  return { text, isWhole: isWhole && view.readable.isWhole }
}

/** Text of a caller or a person, legible, in lines, cut so that it says so. */
export function reading(
  raw: string,
  most: number = SLACK_LIMITS.text,
  where: string = IN_CONSOLE,
): Reading {
  // A character is never shown by less than one: what is further back is left out in any case.
  const head = keptUnits(raw, most + 1)
  const text = visibleText(head, { keepLines: true })
  if (head.length === raw.length && slackLength(text) <= most) return { text, isWhole: true }
  const kept = keptWithin(text, most - RESERVED)
  const left = (text.length - kept.length + raw.length - head.length).toLocaleString('en-GB')
  return { text: `${kept}\n… ${left} characters more: ${where}`, isWhole: false }
}

/** At most so many UTF-16 units, never half of a character. */
export function keptUnits(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
}

/** Room for the line that says how much is left out. */
const RESERVED = 60
