import type { JsonObject } from '../../lib/core/contract/json'
import type { ExitName } from './exits'
import type { Given, Options, Surroundings } from './given'
import type { SettingName, Settings } from './settings'

export interface Command {
  /** As typed: `audit verify`. */
  name: string
  /** One line of the list of commands. */
  summary: string
  /** What follows the name. */
  usage: string
  /** What it is for, and what has to be known. Lines as they are shown. */
  about: string
  options: Options
  examples: readonly string[]
  /** What it reads from environment and file. */
  settings: readonly SettingName[]
  /** How it may end, beside `ok`, `usage` and `fault`. */
  exits: readonly ExitName[]
  act: (call: Call) => Promise<Done>
}

/** One use of a command. */
export interface Call extends Surroundings {
  given: Given
  settings: () => Promise<Settings>
  isJson: boolean
}

/** How a use of a command ended. */
export interface Done {
  /** `ran`: a command did, and the code is its own. */
  exit: ExitName | 'ran'
  /** Of the command that ran. */
  code?: number
  /** Members of the JSON document, beside `ok`, `exit` and `exit_code`. */
  json: JsonObject
  /** For people, on stdout. */
  lines: readonly string[]
}
