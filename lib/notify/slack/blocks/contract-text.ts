import { visibleText } from '#lib/core/contract/visible'
import { keptWithin, SLACK_LIMITS, slackLength } from '#lib/wire/slack-budget'
import type { ReadableView } from '#lib/wire/views-slack'

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
export function reading(raw: string, most: number = SLACK_LIMITS.text): Reading {
  const text = visibleText(raw, { keepLines: true })
  if (slackLength(text) <= most) return { text, isWhole: true }
  const kept = keptWithin(text, most - RESERVED)
  const left = (text.length - kept.length).toLocaleString('en-GB')
  return { text: `${kept}\n… ${left} characters more: open the console`, isWhole: false }
}

/** Room for the line that says how much is left out. */
const RESERVED = 60
