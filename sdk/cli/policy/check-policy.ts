import type { JsonObject } from '../../../lib/core/contract/json'
import { visibleText } from '../../../lib/core/contract/visible'
import type { CompiledPolicy } from '../../../lib/core/policy/types'
import { compilePolicy } from '../../../lib/policies/compile-policy'
import { checkSatisfiable } from '../../../lib/policies/satisfiable'
import type { Call, Done } from '../command'
import { problemLines, readContractFile, readInput } from '../read-input'
import { foresee } from './foresee'
import { membersOf } from './members'

const MOST_POLICY_BYTES = 1024 * 1024
/** A file has no history: its version is told by the digest. */
const IDENTITY = { name: 'file', ordinal: 0 }

/** Compiles a policy file as publishing does, and shows what it would ask for. */
export async function checkPolicy(call: Call): Promise<Done> {
  const { given } = call
  const file = given.one('one policy file')
  const source = (await readInput(call, file, MOST_POLICY_BYTES)).toString('utf8')
  const compiled = compilePolicy(source, IDENTITY)
  if (!compiled.ok) {
    const { code, fields = [] } = compiled.refusal
    const problems = fields.map(({ path, message }) => ({ path, message: visibleText(message) }))
    return bad(code, `${file} is no policy.`, problemLines(compiled.refusal), { problems })
  }
  const policy = compiled.value
  const members = await membersOf(call)
  const satisfiable = members === null ? null : checkSatisfiable(policy, members)
  if (satisfiable?.ok === false) {
    const { code, detail = '' } = satisfiable.refusal
    return bad(code, `${file} asks for what nobody can give.`, [`  ${detail}`], {})
  }
  const contract = given.text('contract')
  const seen =
    contract === undefined
      ? null
      : foresee(policy, await readContractFile(call, contract), members ?? {}, given)
  return {
    exit: 'ok',
    json: {
      policy: summaryOf(policy),
      members_checked: members !== null,
      contract: seen?.json ?? null,
    },
    lines: [...goodLines(file, policy, members !== null), ...(seen?.lines ?? [])],
  }
}

function bad(code: string, title: string, lines: readonly string[], more: JsonObject): Done {
  const texts = lines.map((line) => visibleText(line))
  const message = [title, ...texts.map((line) => line.trim())].join(' ')
  return {
    exit: 'does_not_hold',
    json: { code, message, ...more },
    lines: [`BAD (${code}): ${title}`, ...texts],
  }
}

function summaryOf({ digest, groups, tools, rules, calendars }: CompiledPolicy): JsonObject {
  return {
    digest,
    groups: Object.keys(groups),
    tools: tools.length,
    rules: rules.length,
    calendars: Object.keys(calendars),
  }
}

function goodLines(file: string, policy: CompiledPolicy, areMembersKnown: boolean): string[] {
  const { tools, rules, groups, digest } = policy
  return [
    `Good: ${file}, ${tools.length} tools, ${rules.length} rules, ${Object.keys(groups).length} groups`,
    `  digest       ${digest}`,
    areMembersKnown
      ? '  members      could give every approval that it asks for'
      : '  members      not checked: give --members',
  ]
}
