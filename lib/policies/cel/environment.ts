import { type Context, Environment } from '@marcbachmann/cel-js'
import type { RuleInput } from '#lib/core/policy/types'

/** Structural bounds of one expression: what people can still read, far below what could be slow. */
const LIMITS = {
  maxAstNodes: 200,
  maxDepth: 24,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 2,
}

/** What an expression may name. Types are checked when a policy is saved; a class keeps the library from copying at run time. */
class Tool {
  readonly name: string
  readonly risk: string
  readonly environment: string | null
  readonly arguments: unknown

  constructor({ tool }: RuleInput) {
    this.name = tool.name
    this.risk = tool.risk
    this.environment = tool.environment
    // A tool without bound arguments has none: has(tool.arguments.x) is then false instead of a fault.
    this.arguments = tool.arguments ?? {}
  }
}

class Caller {
  readonly name: string
  readonly kind: string
  readonly roles: string[]
  readonly environments: string[]

  constructor({ caller }: RuleInput) {
    this.name = caller.name
    this.kind = caller.kind
    this.roles = caller.roles
    this.environments = caller.environments
  }
}

class ContractWords {
  readonly goal: string
  readonly tools: string[]
  readonly run_id: string | null

  constructor({ contract }: RuleInput) {
    this.goal = contract.goal
    this.tools = contract.tools
    this.run_id = contract.run_id
  }
}

/** What the caller asserts. Every reading is total, so that a claim left out never makes a rule fail. */
class Claims {
  private readonly claims: RuleInput['claims']

  constructor({ claims }: RuleInput) {
    this.claims = claims
  }

  says(key: string): boolean {
    return Object.hasOwn(this.claims.context, key)
  }

  text(key: string): string {
    const value = this.read(key)
    return typeof value === 'string' ? value : ''
  }

  number(key: string): number {
    const value = this.read(key)
    return typeof value === 'number' ? value : 0
  }

  flag(key: string): boolean {
    return this.read(key) === true
  }

  sideEffect(name: string): boolean {
    return this.claims.side_effects.includes(name)
  }

  private read(key: string): unknown {
    return this.says(key) ? this.claims.context[key] : undefined
  }
}

/** The one environment of all rules. Registering is expensive; parsing with it is not. */
export const ENVIRONMENT = new Environment({ limits: LIMITS })
  .registerType('Tool', {
    ctor: Tool,
    fields: { name: 'string', risk: 'string', environment: 'dyn', arguments: 'dyn' },
  })
  .registerType('Caller', {
    ctor: Caller,
    fields: { name: 'string', kind: 'string', roles: 'list<string>', environments: 'list<string>' },
  })
  .registerType('Contract', {
    ctor: ContractWords,
    fields: { goal: 'string', tools: 'list<string>', run_id: 'dyn' },
  })
  .registerType('Claims', { ctor: Claims, fields: {} })
  .registerFunction('Claims.says(string): bool', (claims: Claims, key: string) => claims.says(key))
  .registerFunction('Claims.text(string): string', (claims: Claims, key: string) =>
    claims.text(key),
  )
  .registerFunction('Claims.number(string): double', (claims: Claims, key: string) =>
    claims.number(key),
  )
  .registerFunction('Claims.flag(string): bool', (claims: Claims, key: string) => claims.flag(key))
  .registerFunction('Claims.side_effect(string): bool', (claims: Claims, name: string) =>
    claims.sideEffect(name),
  )
  .registerVariable('tool', 'Tool')
  .registerVariable('caller', 'Caller')
  .registerVariable('contract', 'Contract')
  .registerVariable('claims', 'Claims')

/** The last context made: all rules are asked about one input before the next. */
let latest: { input: RuleInput; context: Context } | undefined

/** The variables of an expression. */
export function contextOf(input: RuleInput): Context {
  if (latest?.input === input) return latest.context
  const context = {
    tool: new Tool(input),
    caller: new Caller(input),
    contract: new ContractWords(input),
    claims: new Claims(input),
  }
  latest = { input, context }
  return context
}
