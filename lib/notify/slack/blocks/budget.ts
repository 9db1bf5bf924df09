import type { AnyBlock } from '@slack/types'
import { SLACK_LIMITS } from '#lib/wire/slack-budget'
import type { CardView } from '#lib/wire/views-slack'

/** Whether Slack takes these blocks as one message: each is bounded where it is made, this bounds them all together. */
export function withinBudget(blocks: readonly AnyBlock[]): boolean {
  return blocks.length <= SLACK_LIMITS.blocks && JSON.stringify(blocks).length <= SLACK_LIMITS.total
}

/** What is built of a view, or of less of it where it would be too much: then it is not whole, and not voted on in Slack. */
export function fitted<View extends CardView, Built extends { blocks: readonly AnyBlock[] }>(
  view: View,
  build: (view: View) => Built,
): Built {
  const built = build(view)
  return withinBudget(built.blocks) ? built : build(shortened(view))
}

function shortened<View extends CardView>(view: View): View {
  return {
    ...view,
    readable: { ...view.readable, isWhole: false },
    offer: 'console',
    story: view.story.slice(0, 3),
    missing: view.missing.slice(0, 3),
    notices: view.notices.slice(0, 2),
  }
}

/** As many groups of blocks, in order, as fit beside what has to be there. */
export function asManyAsFit<Block extends AnyBlock>(
  groups: readonly Block[][],
  rest: readonly Block[],
): Block[][] {
  const taken: Block[][] = []
  for (const group of groups) {
    if (!withinBudget([...rest, ...taken.flat(), ...group])) break
    taken.push(group)
  }
  return taken
}
