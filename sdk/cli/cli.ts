import { parseArgs } from 'node:util'
import type { JsonObject } from '../../lib/core/contract/json'
import { version } from '../../package.json'
import type { Command, Done } from './command'
import { COMMANDS } from './commands/table'
import { EXITS, usageError } from './exits'
import { failureOf } from './failure'
import { Given, type Options, parserOptions, type Surroundings } from './given'
import { commandHelp, EVERYWHERE, overview, settingsHelp } from './help'
import { nearest } from './nearest'
import { readSettings, SETTING_OPTIONS } from './settings'
import { answerJson, answerLines, tell } from './terminal'

/**
 * One use of the CLI: answers on stdout, everything else on stderr.
 * @returns the exit code, of the table in exits.ts or of the command that ran
 */
export async function cli(argv: readonly string[], around: Surroundings): Promise<number> {
  const { front, behind } = split(argv)
  const isJson = front.includes('--json')
  try {
    const asked = front.filter((word) => word !== '--json')
    const help = helpFor(asked)
    if (help !== null) return tellHelp(help, isJson)
    const { command, rest } = find(asked)
    const given = parse(command, rest, behind)
    const settings = () => readSettings(given, around)
    return tellDone(await command.act({ ...around, given, settings, isJson }), isJson)
  } catch (error) {
    const { message, done } = failureOf(error)
    for (const line of `countersign: ${message}`.split('\n')) tell(line)
    return tellDone(done, isJson)
  }
}

/** What follows the first `--` is a command of the user's, whatever it looks like. */
function split(argv: readonly string[]): { front: string[]; behind: string[] | null } {
  const at = argv.indexOf('--')
  if (at < 0) return { front: [...argv], behind: null }
  return { front: argv.slice(0, at), behind: argv.slice(at + 1) }
}

function helpFor(words: readonly string[]): string | null {
  const [first, ...others] = words
  if (first === '--version' || first === '-V') return version
  const isAsked = words.includes('--help') || words.includes('-h')
  const topic = first === 'help' ? others : words
  const named = topic.filter((word) => !word.startsWith('-'))
  if (first === undefined || (named.length === 0 && (isAsked || first === 'help')))
    return overview()
  if (first !== 'help' && !isAsked) return null
  if (named[0] === 'settings') return settingsHelp()
  return commandHelp(find(named).command)
}

function find(words: readonly string[]): { command: Command; rest: string[] } {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const command = COMMANDS.find((one) => one.name === name)
    if (command !== undefined) return { command, rest: words.slice(length) }
  }
  const names = COMMANDS.map(({ name }) => name)
  const [first = ''] = words
  const meant =
    nearest(words.slice(0, 2).join(' '), names) ??
    nearest(first, names) ??
    names.find((name) => name.startsWith(`${first} `)) ??
    null
  const told = `There is no command ${words.slice(0, 2).join(' ')}.${didYouMean(meant)}`
  throw usageError(`${told} See: countersign help`)
}

function parse(command: Command, rest: string[], behind: string[] | null): Given {
  if (behind !== null && !command.usage.includes(' -- ')) {
    throw usageError(`${command.name} runs no command: nothing follows --.`)
  }
  const options = {
    ...(command.settings.length > 0 && SETTING_OPTIONS),
    ...command.options,
  }
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: parserOptions(options),
      allowPositionals: true,
    })
    return new Given(values, positionals, behind)
  } catch (error) {
    const key = rest.find((word) => /^--(agent|runtime|api)?-?key\b/.test(word))
    if (key !== undefined && !Object.hasOwn(options, 'key')) {
      throw usageError(
        'Keys are never options, where other people could read them: set COUNTERSIGN_AGENT_KEY and COUNTERSIGN_RUNTIME_KEY, or keep them in a file.',
      )
    }
    throw usageError(`${parseFault(error, options)} See: countersign help ${command.name}`)
  }
}

function parseFault(error: unknown, options: Options): string {
  const told = error instanceof Error ? error.message : String(error)
  const [, unknown = ''] = /^Unknown option '(-[^']*)'/.exec(told) ?? []
  // What the parser advises about -- means something else here.
  if (unknown === '') return `${told.replace(/\.$/, '')}.`
  const names = Object.keys({ ...options, ...EVERYWHERE }).map((name) => `--${name}`)
  return `There is no option ${unknown}.${didYouMean(nearest(unknown, names))}`
}

function didYouMean(name: string | null): string {
  return name === null ? '' : ` Did you mean ${name}?`
}

function tellHelp(text: string, isJson: boolean): number {
  if (isJson) answerJson({ ok: true, exit: 'ok', exit_code: 0, text })
  else answerLines(text.split('\n'))
  return EXITS.ok.code
}

function tellDone({ exit, code: own = 0, json, lines }: Done, isJson: boolean): number {
  const code = exit === 'ran' ? own : EXITS[exit].code
  const document: JsonObject = { ok: code === 0, exit, exit_code: code, ...json }
  if (isJson) answerJson(document)
  else answerLines(lines)
  return code
}
