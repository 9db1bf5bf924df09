import type { SlackContent } from '../content'
import { paragraph, said } from './text'

/** In place of a message that is not kept up to date any more: nothing in it can be pressed, and nothing of the request is left. */
export function retiredMessage({ isReplaced }: { isReplaced: boolean }): SlackContent {
  const text = isReplaced
    ? 'A newer message about this request has taken the place of this one.'
    : 'This request is no longer shown here.'
  return { text, blocks: [paragraph([said(text)])] }
}
