import { visibleText } from '#lib/core/contract/visible'

/** Most that Slack takes: https://docs.slack.dev/reference/block-kit/blocks */
export const SLACK_LIMITS = {
  /** Of a message. A modal takes twice as many; we do not. */
  blocks: 50,
  /** A text of a section, or one preformatted text. */
  text: 3_000,
  header: 150,
  fields: 10,
  field: 2_000,
  buttonText: 75,
  buttonValue: 2_000,
  modalTitle: 24,
  metadata: 3_000,
  /** All blocks of a message or modal as JSON. Beyond about this, Slack refuses or cuts without a word. */
  total: 13_000,
} as const

/** What is kept for the words round a contract and its evidence, which are bounded one by one. */
const REST = 6_000

/** As Slack counts: UTF-16 units, with & < > as the entities that they travel as. */
export function slackLength(text: string): number {
  let length = text.length
  for (const character of text) length += ENTITIES[character] ?? 0
  return length
}

const ENTITIES: Record<string, number> = { '&': 4, '<': 3, '>': 3 }

/**
 * Whether texts that a vote is bound to, as they were written, can be shown whole and legible in one message or modal, a
 * preformatted block each.
 */
export function fitsWhole(written: readonly string[]): boolean {
  if (written.some((text) => text.length > SLACK_LIMITS.text)) return false
  const texts = written.map((text) => visibleText(text, { keepLines: true }))
  const total = texts.reduce((sum, text) => sum + JSON.stringify(text).length, 0)
  return (
    texts.every((text) => slackLength(text) <= SLACK_LIMITS.text) &&
    total <= SLACK_LIMITS.total - REST
  )
}

/** Cuts where Slack would count more than `most`, never inside a character. What is left out is for the caller to tell. */
export function keptWithin(text: string, most: number): string {
  if (slackLength(text) <= most) return text
  let kept = ''
  let length = 0
  for (const character of text) {
    length += slackLength(character)
    if (length > most) break
    kept += character
  }
  return kept
}
