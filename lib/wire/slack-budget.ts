/** Most that Slack takes. https://docs.slack.dev/reference/block-kit/blocks and …/surfaces */
export const SLACK_LIMITS = {
  blocks: 50,
  /** A text object of a section, or one preformatted text. */
  text: 3_000,
  header: 150,
  fields: 10,
  field: 2_000,
  buttonText: 75,
  buttonValue: 2_000,
  modalTitle: 24,
  metadata: 3_000,
  /** Of a whole message or modal, as JSON without its frame: what is more is refused, or cut without a word. */
  total: 13_000,
} as const

/** What is kept for the words round a contract and its evidence. */
const REST = 5_000
const READING_TOTAL = SLACK_LIMITS.total - REST

/** As Slack counts: UTF-16 units, with & < > as the entities that they travel as. */
export function slackLength(text: string): number {
  return text.length + 4 * count(text, '&') + 3 * count(text, '<') + 3 * count(text, '>')
}

/** Whether texts that a vote is bound to can be shown whole in one message or modal, a preformatted block each. */
export function fitsWhole(texts: readonly string[]): boolean {
  const lengths = texts.map(slackLength)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  return lengths.every((length) => length <= SLACK_LIMITS.text) && total <= READING_TOTAL
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
