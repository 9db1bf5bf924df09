import { ok, type Result, refuse } from '../result'
import {
  all,
  anything,
  type Check,
  distinct,
  list,
  type Members,
  members,
  name,
  problemsOf,
  record,
  text,
} from './checks'
import { isJsonObject, type Json, type JsonObject, pointer } from './json'
import { type JsonLimits, parseJson } from './parse-json'

/**
 * The execution contract as received: exactly the JSON that was parsed, no defaults, no trimming, no Unicode normalisation. All
 * of it is claimed by the caller. Hashed by contractDigest; an absent member and an empty one are different contracts.
 */
export type Contract = {
  goal: string
  /** The tool calls that one redemption covers, all of them. */
  tools: string[]
  /** Exact parameters by tool. Read it with argumentsOf. */
  arguments?: Record<string, ToolArguments>
  constraints?: string[]
  side_effects?: string[]
  context?: JsonObject
  success_criteria?: string[]
  /** World state that the runtime observes and redeem compares, e.g. the hash of a plan. */
  preconditions?: Precondition[]
  on_behalf_of?: string
  run_id?: string
}

/** Named parameters, or the words of a command line. */
export type ToolArguments = JsonObject | Json[]

export type Precondition = { name: string; equals: Json }

/** Bounds in UTF-16 units (texts) and items (lists). */
export const CONTRACT_BOUNDS = {
  goal: 8_000,
  tool: 128,
  tools: 200,
  constraint: 500,
  constraints: 100,
  sideEffect: 200,
  sideEffects: 100,
  contextMembers: 200,
  criterion: 1_000,
  criteria: 100,
  preconditionName: 200,
  preconditions: 50,
  onBehalfOf: 320,
  runId: 200,
} as const

/**
 * ASCII only, so that no two tool names can look alike by script. Upper case is let in because real tools are named so
 * (`createPullRequest`); names are compared exactly, and two that differ by case alone are refused in one contract.
 */
const TOOL = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/
const TOOL_CHARACTERS =
  'letters a to z, digits and . _ : / - only, and starts with a letter or a digit'

/** Visible ASCII: the id travels in headers and links. */
const RUN_ID = /^[!-~]+$/

const TABLE = {
  goal: { isRequired: true, check: text('The goal', CONTRACT_BOUNDS.goal) },
  tools: {
    isRequired: true,
    check: all(
      list(
        'The list of tools',
        1,
        CONTRACT_BOUNDS.tools,
        name('A tool name', CONTRACT_BOUNDS.tool, TOOL, TOOL_CHARACTERS),
      ),
      distinct('A tool stands twice. Names that differ by case alone count as the same.', (item) =>
        typeof item === 'string' ? item.toLowerCase() : undefined,
      ),
    ),
  },
  arguments: {
    check: record('The arguments', CONTRACT_BOUNDS.tools, toolArguments),
  },
  constraints: {
    check: texts(
      'The list of constraints',
      CONTRACT_BOUNDS.constraints,
      'A constraint',
      CONTRACT_BOUNDS.constraint,
    ),
  },
  side_effects: {
    check: texts(
      'The list of side effects',
      CONTRACT_BOUNDS.sideEffects,
      'A side effect',
      CONTRACT_BOUNDS.sideEffect,
    ),
  },
  context: { check: record('The context', CONTRACT_BOUNDS.contextMembers, anything) },
  success_criteria: {
    check: texts(
      'The list of success criteria',
      CONTRACT_BOUNDS.criteria,
      'A success criterion',
      CONTRACT_BOUNDS.criterion,
    ),
  },
  preconditions: {
    check: all(
      list(
        'The list of preconditions',
        0,
        CONTRACT_BOUNDS.preconditions,
        members('A precondition', {
          name: {
            isRequired: true,
            check: text('The name of a precondition', CONTRACT_BOUNDS.preconditionName),
          },
          equals: { isRequired: true, check: anything },
        }),
      ),
      distinct('A precondition of this name stands twice.', (item) => {
        const named = isJsonObject(item) ? item['name'] : undefined
        return typeof named === 'string' ? named : undefined
      }),
    ),
  },
  on_behalf_of: { check: text('on_behalf_of', CONTRACT_BOUNDS.onBehalfOf) },
  run_id: {
    check: name(
      'run_id',
      CONTRACT_BOUNDS.runId,
      RUN_ID,
      'visible ASCII characters without spaces only',
    ),
  },
} satisfies Record<keyof Contract, Members[string]>

/** The members that a contract may have, in the order of the documentation. */
export const CONTRACT_MEMBERS = Object.keys(TABLE)

const checkContract: Check = all(members('The contract', TABLE), argumentsNameTools)

/**
 * Checks a parsed value against the contract's table. Unknown members are refused, so nothing unhashed can matter.
 * @returns the same value, or `invalid_contract` with up to 50 problems in `fields`, each at its JSON Pointer
 */
export function parseContract(value: Json): Result<Contract> {
  const fields = problemsOf(checkContract, value)
  if (fields.length > 0) return refuse('invalid_contract', { fields })
  // The table has just looked at every member that the type names, and refused all others.
  return ok(value as Contract)
}

/** Reads and checks a contract as it arrives: UTF-8 bytes or text, by default at most 256 KiB and 32 levels. */
export function readContract(input: string | Uint8Array, limits?: JsonLimits): Result<Contract> {
  const parsed = parseJson(input, limits)
  return parsed.ok ? parseContract(parsed.value) : parsed
}

/** The exact parameters bound to a tool, or undefined when the contract binds none. Safe for tools named like `constructor`. */
export function argumentsOf(contract: Contract, tool: string): ToolArguments | undefined {
  const bound = contract.arguments
  return bound !== undefined && Object.hasOwn(bound, tool) ? bound[tool] : undefined
}

function texts(what: string, most: number, item: string, longest: number): Check {
  return list(what, 0, most, text(item, longest))
}

function toolArguments(value: Json, path: string, report: Parameters<Check>[2]): void {
  if (typeof value === 'object' && value !== null) return
  report(path, 'wrong_type', 'The arguments of a tool must be an object or an array.')
}

/** Arguments for a tool that will not be called would look signed and mean nothing. */
function argumentsNameTools(value: Json, path: string, report: Parameters<Check>[2]): void {
  const bound = isJsonObject(value) ? value['arguments'] : undefined
  const tools = isJsonObject(value) ? value['tools'] : undefined
  if (!isJsonObject(bound) || !Array.isArray(tools)) return
  const named = new Set(tools)
  for (const tool of Object.keys(bound)) {
    if (named.has(tool)) continue
    report(
      pointer(pointer(path, 'arguments'), tool),
      'unknown_tool',
      'There are arguments for a tool that is not in tools.',
    )
  }
}
