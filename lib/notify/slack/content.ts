import type { KnownBlock } from '@slack/types'

/** One message as it is sent to Slack. */
export interface SlackContent {
  /** For notifications and screen readers: whole sentences, without anything that a caller wrote. */
  text: string
  blocks: KnownBlock[]
}
