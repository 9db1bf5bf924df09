import path from 'node:path'
import { Countersign } from '../index'
import { CliError, usageError } from './exits'
import type { Given, Options, Surroundings } from './given'
import { readSettingsFile, type SettingsFile } from './settings-file'

interface SettingEntry {
  env: string
  /** Its member in a file. */
  member: string
  /** Keys have none: a command line can be read by others, and stays in the history of the shell. */
  flag?: string
  isKey?: true
  help: string
}

/** Flags win over environment, environment over `countersign.json`, that over the user's own file. */
export const SETTINGS = {
  url: {
    env: 'COUNTERSIGN_URL',
    member: 'url',
    flag: 'url',
    help: 'where the installation is, e.g. https://countersign.example',
  },
  agentKey: {
    env: 'COUNTERSIGN_AGENT_KEY',
    member: 'agent_key',
    isKey: true,
    help: 'key that submits, reads and cancels',
  },
  runtimeKey: {
    env: 'COUNTERSIGN_RUNTIME_KEY',
    member: 'runtime_key',
    isKey: true,
    help: 'key that collects, redeems and reports',
  },
  audience: {
    env: 'COUNTERSIGN_AUDIENCE',
    member: 'audience',
    flag: 'audience',
    help: 'what this runtime is registered as',
  },
  environment: {
    env: 'COUNTERSIGN_ENVIRONMENT',
    member: 'environment',
    flag: 'environment',
    help: 'where this runtime acts, e.g. production; left out, it takes only tokens that name none',
  },
  issuer: {
    env: 'COUNTERSIGN_ISSUER',
    member: 'issuer',
    flag: 'issuer',
    help: "the installation's public address, where it is reached by another",
  },
} as const satisfies Record<string, SettingEntry>

export type SettingName = keyof typeof SETTINGS

/** Options that every command has which reads settings. */
export const SETTING_OPTIONS: Options = {
  url: { value: 'URL', help: 'instead of COUNTERSIGN_URL' },
  audience: { value: 'NAME', help: 'instead of COUNTERSIGN_AUDIENCE' },
  environment: { value: 'NAME', help: 'instead of COUNTERSIGN_ENVIRONMENT' },
  issuer: { value: 'URL', help: 'instead of COUNTERSIGN_ISSUER' },
  config: { value: 'FILE', help: 'settings from this file instead of the two usual ones' },
}

const PROJECT_FILE = 'countersign.json'

interface Source {
  /** For people: `COUNTERSIGN_URL`, or the file. */
  name: (setting: SettingName) => string
  /** It lies among the files of a project, which others may have written. */
  isProject: boolean
  values: Partial<Record<SettingName, string>>
}

/** The settings of one use of the CLI, each from the strongest source that has it. */
export class Settings {
  readonly #sources: readonly Source[]

  constructor(sources: readonly Source[]) {
    this.#sources = sources
  }

  get(name: SettingName): string | undefined {
    return this.#sources.find(({ values }) => values[name] !== undefined)?.values[name]
  }

  need(name: SettingName): string {
    const value = this.get(name)
    if (value !== undefined) return value
    const { env, member, help }: SettingEntry = SETTINGS[name]
    throw new CliError(
      'settings',
      `Set ${env} (${help}), or ${member} in a settings file. See: countersign help settings`,
    )
  }

  /** @throws CliError when it is none, or when a file of the project would send somebody else's key there */
  get origin(): string {
    const text = this.need('url')
    const url = URL.canParse(text) ? new URL(text) : null
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
      throw new CliError('settings', 'The url has to begin with https:// (or http://).')
    }
    return url.origin
  }

  /** A client with these keys, of those that there are. */
  client(...keys: ('agentKey' | 'runtimeKey')[]): Countersign {
    const url = this.origin
    for (const key of keys) this.#assertMayGo(key, url)
    const option = (name: SettingName) => {
      const value = this.get(name)
      return value === undefined ? {} : { [name]: value }
    }
    return new Countersign({
      url,
      ...Object.assign({}, ...keys.map(option)),
      ...option('audience'),
      ...option('environment'),
      ...option('issuer'),
    })
  }

  /**
   * Whoever can write into the folder could otherwise have the user's keys sent to themselves: an address of the project
   * is used with keys of the project, or when the user has named the same one.
   */
  #assertMayGo(key: 'agentKey' | 'runtimeKey', origin: string): void {
    const from = this.#sources.find(({ values }) => values[key] !== undefined)
    if (from === undefined || from.isProject) return
    const isOwn = this.#sources.some(
      ({ isProject, values }) => !isProject && originOf(values.url) === origin,
    )
    if (isOwn) return
    throw new CliError(
      'settings',
      `${PROJECT_FILE} names the address ${origin}, and the key is from ${from.name(key)}. A key of yours goes only where ` +
        'you say so outside the project: set COUNTERSIGN_URL, or url in the file with the key.',
    )
  }
}

/** @throws CliError for a file that cannot be read, has members that are none, or keys that others can read */
export async function readSettings(given: Given, around: Surroundings): Promise<Settings> {
  return new Settings([fromFlags(given), fromEnvironment(around), ...(await files(given, around))])
}

/** What a child process is given of the environment: nothing of this program's, and so no key. */
export function environmentWithout(env: Surroundings['env']): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('COUNTERSIGN_'))
  // The type of an environment wants NODE_ENV, which is somebody else's wish.
  return Object.fromEntries(kept) as NodeJS.ProcessEnv
}

function userFileOf({ env }: Surroundings): string | null {
  const home = env['XDG_CONFIG_HOME'] || (env['HOME'] && path.join(env['HOME'], '.config'))
  return home ? path.join(home, 'countersign', 'config.json') : null
}

function fromFlags(given: Given): Source {
  const values = pick(({ flag }) => (flag === undefined ? undefined : given.text(flag)))
  const empty = Object.entries(values).find(([, value]) => value === '')
  if (empty) throw usageError(`--${empty[0]} is empty.`)
  return { name: (setting) => `--${SETTINGS[setting].member}`, isProject: false, values }
}

function fromEnvironment({ env }: Surroundings): Source {
  // Where a variable is set to nothing, somebody meant to leave it out.
  const values = pick((entry) => env[entry.env] || undefined)
  return { name: (setting) => SETTINGS[setting].env, isProject: false, values }
}

async function files(given: Given, around: Surroundings): Promise<Source[]> {
  const named = given.text('config')
  if (named !== undefined) {
    const file = await readSettingsFile(path.resolve(around.cwd, named))
    if (file === null) throw new CliError('settings', `${named} is not there.`)
    return [fromFile(file, false)]
  }
  const own = userFileOf(around)
  const project = await readSettingsFile(path.join(around.cwd, PROJECT_FILE))
  const user = own === null ? null : await readSettingsFile(own)
  return [
    ...(project === null ? [] : [fromFile(project, true)]),
    ...(user === null ? [] : [fromFile(user, false)]),
  ]
}

function fromFile({ file, members }: SettingsFile, isProject: boolean): Source {
  return { name: () => file, isProject, values: pick(({ member }) => members[member]) }
}

function pick(value: (entry: SettingEntry) => string | undefined): Source['values'] {
  const entries = Object.entries(SETTINGS).flatMap(([name, entry]) => {
    const found = value(entry)
    return found === undefined ? [] : [[name, found]]
  })
  return Object.fromEntries(entries)
}

function originOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : null
}
