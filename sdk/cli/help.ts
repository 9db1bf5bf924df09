import type { Command } from './command'
import { COMMANDS } from './commands/table'
import { EXITS, type ExitName } from './exits'
import type { Options } from './given'
import { SETTING_OPTIONS, SETTINGS, type SettingName } from './settings'

export const EVERYWHERE: Options = {
  json: { help: 'one JSON document on stdout; everything else is on stderr' },
  help: { help: 'this' },
}
const GAP = 3
const COLUMNS = 100

export function overview(): string {
  return [
    'countersign: holds a command until policy and the right people have signed exactly that, then runs it once.',
    '',
    'Commands',
    ...table(COMMANDS.map(({ name, summary }) => [name, summary])),
    '',
    'To begin with',
    '  export COUNTERSIGN_URL=https://countersign.example COUNTERSIGN_AUDIENCE=deploy-runner',
    '  export COUNTERSIGN_AGENT_KEY=… COUNTERSIGN_RUNTIME_KEY=… COUNTERSIGN_ENVIRONMENT=production',
    '  countersign run --contract deploy.json -- ./deploy.sh',
    '',
    'countersign help <command>   what it is for, an example, environment variables, exit codes',
    'countersign help settings    where settings come from, and how keys are kept',
    'countersign --version',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const { name, usage, about, options, examples, settings, exits } = command
  const more = settings.length > 0 ? SETTING_OPTIONS : {}
  return [
    `countersign ${name} ${usage}`.trimEnd(),
    '',
    ...paragraphs(about),
    '',
    'Options',
    ...optionLines({ ...options, ...more, ...EVERYWHERE }),
    ...(settings.length > 0 ? ['', 'Environment', ...settingLines(settings)] : []),
    '',
    examples.length > 1 ? 'Examples' : 'Example',
    ...examples.map((line) => `  ${line}`),
    '',
    'Exit codes',
    ...exitLines(exits),
  ].join('\n')
}

export function settingsHelp(): string {
  const names = Object.keys(SETTINGS) as SettingName[]
  return [
    ...paragraphs(SETTINGS_ABOUT),
    '',
    'Environment',
    ...settingLines(names),
    '',
    'A file is one JSON object of texts',
    ...table(names.map((name) => [`"${SETTINGS[name].member}"`, `as ${SETTINGS[name].env}`])),
    '',
    ...paragraphs(KEYS_ABOUT),
  ].join('\n')
}

const SETTINGS_ABOUT = `Settings come from, the strongest first: options, environment, countersign.json in the working folder, and
~/.config/countersign/config.json ($XDG_CONFIG_HOME). --config FILE takes the place of both files.`

const KEYS_ABOUT = `Keys are never options, are never printed, and are not passed to the command that runs. A file with keys has to be
yours alone (chmod 600), or it is refused. A key of yours is not sent to an address that only countersign.json names: others may
have written it.`

function optionLines(options: Options): string[] {
  const rows = Object.entries(options).map(
    ([name, { value, help, isMultiple }]): Row => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      isMultiple === true ? `${help}; may stand several times` : help,
    ],
  )
  return table(rows)
}

function settingLines(names: readonly SettingName[]): string[] {
  return table(names.map((name) => [SETTINGS[name].env, SETTINGS[name].help]))
}

function exitLines(exits: readonly ExitName[]): string[] {
  const all: ExitName[] = ['ok', ...exits, 'usage', 'fault']
  const rows = [...new Set(all)].map((name) => EXITS[name]).sort((a, b) => a.code - b.code)
  return table(rows.map(({ code, means }) => [String(code), means]))
}

type Row = [term: string, text: string]

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([term]) => term.length)) + GAP
  return rows.flatMap(([term, text]) => {
    const [first = '', ...others] = wrapped(text, COLUMNS - width - 2)
    return [
      `  ${term.padEnd(width)}${first}`,
      ...others.map((line) => ' '.repeat(width + 2) + line),
    ]
  })
}

/** Paragraphs stand apart by an empty line; inside them lines end where the width is used up. */
function paragraphs(text: string): string[] {
  const parts = text.split('\n\n').map((part) => wrapped(part, COLUMNS))
  return parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    const isFull = last === undefined || last.length + 1 + word.length > width
    if (isFull) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
