import { readConstraints } from '#lib/core/contract/constraints'
import { matchTool } from '#lib/core/policy/match-tool'
import { listed } from '#lib/core/policy/plain-words'
import type { RiskClass } from '#lib/core/policy/types'
import type { Prose } from '#lib/wire/views/common'
import type { RiskView } from '#lib/wire/views/history'
import type { TicketPicture } from './load-ticket'
import { isOwnChange } from './own-change'
import { count } from './people-words'
import { RISK_LABELS } from './risk-labels'

/** Most dangerous first. */
const ORDER: readonly RiskClass[] = [
  'unknown',
  'money_outward',
  'destructive_data_change',
  'privilege_change',
  'production_control_plane',
  'external_side_effect',
  'read_only',
]

const MEANINGS: Record<RiskClass, string> = {
  unknown: 'The policy does not know the tool, so nobody can say what it reaches.',
  money_outward: 'Value leaves the organisation. What is paid out does not come back by itself.',
  destructive_data_change: 'Data is deleted or overwritten. A backup is the only way back.',
  privilege_change: 'Somebody or something may do more afterwards than before.',
  production_control_plane: 'What runs in production changes. Everybody who uses it may feel it.',
  external_side_effect: 'Something outside is told or changed, and cannot be untold.',
  read_only: 'It reads and changes nothing.',
}

/** What the action may do: classes from the policy's tool table, bounds from the contract, and what the caller only says. */
export function riskView(picture: TicketPicture): RiskView {
  const { contract, evaluation } = picture
  const classes = classesOf(picture)
  return {
    classes: classes.map((risk) => ({ label: RISK_LABELS[risk], meaning: MEANINGS[risk] })),
    bound: boundWords(picture),
    preconditions: preconditionWords(contract.preconditions?.length ?? 0),
    obligations: obligationWords(
      picture,
      evaluation.obligations.map(({ name }) => name),
    ),
    claims: isOwnChange(picture) ? [] : (contract.side_effects ?? []),
  }
}

function classesOf({ contract, policies }: TicketPicture): RiskClass[] {
  const [policy] = policies
  const found = new Set(
    contract.tools.map((tool): RiskClass => (policy && matchTool(policy, tool)?.risk) ?? 'unknown'),
  )
  return ORDER.filter((risk) => found.has(risk))
}

function boundWords({ contract }: TicketPicture): Prose {
  const { tools } = contract
  const bound = Object.keys(contract.arguments ?? {}).length
  if (bound === 0) {
    return ['No arguments are bound. What is signed is the goal and the tool, nothing more exact.']
  }
  if (bound === tools.length) {
    const whose = tools.length === 1 ? 'Its arguments are' : 'The arguments of all its tools are'
    return [`${whose} bound: exactly these can run, and redeem compares them.`]
  }
  return [
    `The arguments of ${bound} of ${tools.length} tools are bound. The others may run with any.`,
  ]
}

function preconditionWords(many: number): Prose | null {
  if (many === 0) return null
  const what = many === 1 ? 'One state' : `${count(many)} states`
  return [`${what} of the world must be as the contract says when it is redeemed.`]
}

/** Names come from the table of constraints that Countersign knows; they lower no risk. */
function obligationWords({ contract }: TicketPicture, required: string[]): Prose | null {
  const own = readConstraints(contract.constraints ?? []).flatMap((one) =>
    one.kind === 'obligation' ? [one.name] : [],
  )
  const names = [...new Set([...own, ...required])]
  if (names.length === 0) return null
  return [`The runtime must hold it to ${listed(names.map(plain), 'and')}. That lowers no risk.`]
}

function plain(name: string): string {
  return name.replaceAll('_', ' ')
}
