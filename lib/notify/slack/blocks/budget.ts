import type { AnyBlock } from '@slack/types'
import { keptWithin, SLACK_LIMITS } from '#lib/wire/slack/budget'
import type { CardView } from '#lib/wire/views/slack'

/** Whether Slack takes these blocks as one message: each is bounded where it is made, this bounds them all together. */
export function withinBudget(blocks: readonly AnyBlock[]): boolean {
  return blocks.length <= SLACK_LIMITS.blocks && JSON.stringify(blocks).length <= SLACK_LIMITS.total
}

/** What is built of a view, or of less of it where it would be too much: then it is not whole, and not voted on in Slack. */
export function fitted<View extends CardView, Built extends { blocks: readonly AnyBlock[] }>(
  view: View,
  build: (view: View) => Built,
): Built {
  const whole = build(view)
  if (withinBudget(whole.blocks)) return whole
  const less = build(shortened(view))
  return withinBudget(less.blocks) ? less : build(beginning(view))
}

/** Enough to tell it from others. */
const BEGINNING = 600

function beginning<View extends CardView>(view: View): View {
  const { text } = view.readable
  const kept = keptWithin(text, BEGINNING)
  const left = (text.length - kept.length).toLocaleString('en-GB')
  const cut = `${kept}\n… ${left} characters more: open the console`
  return { ...shortened(view), readable: { text: left === '0' ? text : cut, isWhole: false } }
}

function shortened<View extends CardView>(view: View): View {
  return {
    ...view,
    readable: { ...view.readable, isWhole: false },
    offer: 'console',
    story: view.story.slice(0, 3),
    missing: view.missing.slice(0, 2),
    notices: view.notices.slice(0, 1),
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
