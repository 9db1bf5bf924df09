import type { ParseArgsConfig } from 'node:util'
import { usageError } from './exits'

/** Where the process stands: the one place that environment and working folder come from. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}

/** An option in the help, and for the parser. `value` names what it takes; left out, it is a switch. */
export interface Option {
  value?: string
  isMultiple?: boolean
  help: string
}

export type Options = Readonly<Record<string, Option>>

/** What stood on the command line. */
export class Given {
  readonly #values: Readonly<Record<string, unknown>>
  readonly positionals: readonly string[]
  /** What stood behind `--`; null when there was none. */
  readonly behind: readonly string[] | null

  constructor(
    values: Readonly<Record<string, unknown>>,
    positionals: readonly string[],
    behind: readonly string[] | null,
  ) {
    this.#values = values
    this.positionals = positionals
    this.behind = behind
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  texts(name: string): string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  }

  has(name: string): boolean {
    return this.#values[name] === true
  }

  need(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw usageError(`Give --${name}.`)
    return value
  }

  /** The only positional. */
  one(what: string): string {
    const value = this.maybeOne(what)
    if (value === undefined) throw usageError(`Give ${what}.`)
    return value
  }

  maybeOne(what: string): string | undefined {
    const [value, ...others] = this.positionals
    if (others.length > 0) throw usageError(`Give ${what}, and nothing else.`)
    return value
  }

  none(): void {
    const [value] = this.positionals
    if (value !== undefined) throw usageError(`What is ${value}?`)
  }
}

export function parserOptions(options: Options): NonNullable<ParseArgsConfig['options']> {
  const entries = Object.entries(options).map(([name, { value, isMultiple }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', multiple: isMultiple === true },
  ])
  return Object.fromEntries(entries)
}
