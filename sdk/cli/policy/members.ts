import { isJsonObject, type JsonObject } from '../../../lib/core/contract/json'
import { parseJson } from '../../../lib/core/contract/parse-json'
import type { Call } from '../command'
import { usageError } from '../exits'
import { readInput } from '../read-input'

/** Who is in which group, as a file says it. */
export type Members = Readonly<Record<string, readonly string[]>>

const MOST_MEMBERS_BYTES = 1024 * 1024

/** The members that `--members` names; null without it. */
export async function membersOf(call: Call): Promise<Members | null> {
  const name = call.given.text('members')
  if (name === undefined) return null
  const read = parseJson(await readInput(call, name, MOST_MEMBERS_BYTES), {
    maxBytes: MOST_MEMBERS_BYTES,
  })
  const value = read.ok ? read.value : null
  const isMembers =
    isJsonObject(value ?? undefined) &&
    Object.values(value as JsonObject).every(
      (people) => Array.isArray(people) && people.every((person) => typeof person === 'string'),
    )
  if (!isMembers) throw usageError(`${name} is not {"group": ["person", …], …}.`)
  return value as unknown as Members
}
