import type { Contract } from '#lib/core/contract/contract'
import { digestOf } from '#lib/core/contract/digest'
import type { Json } from '#lib/core/contract/json'

/** Equal for equal asks: the same caller, tools and arguments. Goal, context and run may differ. */
export function shareKey(
  callerId: string,
  contract: Pick<Contract, 'tools' | 'arguments'>,
): string {
  return digestOf({
    type: 'countersign/slack-share',
    v: 1,
    caller: callerId,
    tools: [...new Set(contract.tools)].sort(),
    arguments: (contract.arguments ?? {}) as Json,
  })
}
