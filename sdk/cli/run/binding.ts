import { argumentsOf, type Contract } from '../../../lib/core/contract/contract'
import { isJsonObject, type Json } from '../../../lib/core/contract/json'
import { usageError } from '../exits'

/**
 * Holds the command line that is to run against what the contract says, where it says something: the arguments of a tool
 * are the words of a command line when they are a list, and have them in `command` when they are an object (a list, or a
 * text for a command of one word).
 * @returns how many tools of the contract say what runs; with none, nobody who signs sees it
 * @throws CliError when one of them says something else
 */
export function assertBound(contract: Contract, argv: readonly string[]): number {
  const bound = contract.tools.flatMap((tool) => {
    const command = commandOf(contract, tool)
    return command === undefined ? [] : [{ tool, command }]
  })
  const other = bound.find(({ command }) => !isSame(command, argv))
  if (other === undefined) return bound.length
  throw usageError(
    `The contract says that ${other.tool} runs ${JSON.stringify(other.command)}, and this would run ${JSON.stringify(argv)}. Nothing was sent.`,
  )
}

/** The contract with the command line in the arguments of its one tool, so that it is what people sign. */
export function bindCommand(contract: Contract, argv: readonly string[]): Contract {
  const [tool, ...others] = contract.tools
  if (tool === undefined || others.length > 0) {
    throw usageError(
      '--bind needs a contract with one tool. With more, write the command into its arguments.',
    )
  }
  if (commandOf(contract, tool) !== undefined) return contract
  const known = argumentsOf(contract, tool)
  const bound = { ...(isJsonObject(known) && known), command: [...argv] }
  return { ...contract, arguments: { ...contract.arguments, [tool]: bound } }
}

function commandOf(contract: Contract, tool: string): Json | undefined {
  const bound = argumentsOf(contract, tool)
  if (Array.isArray(bound)) return bound
  return bound !== undefined && Object.hasOwn(bound, 'command') ? bound['command'] : undefined
}

function isSame(command: Json, argv: readonly string[]): boolean {
  const words = typeof command === 'string' ? [command] : command
  if (!Array.isArray(words) || words.length !== argv.length) return false
  return words.every((word, at) => word === argv[at])
}
