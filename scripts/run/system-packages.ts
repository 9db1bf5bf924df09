import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** What the tests need that npm does not bring: the Debian package, and the programs any one of which will do, or the modules of Python. */
const PACKAGES = [
  { name: 'redis-server', programs: ['redis-server'] },
  // A third less work for the same pages than the whole browser, which draws windows that nobody sees.
  { name: 'chromium-headless-shell', programs: ['chromium-headless-shell'], otherwise: 'chromium' },
  { name: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  // Tokens are verified by somebody else's implementation too.
  { name: 'python3-jwt', modules: ['jwt'] },
  { name: 'python3-cryptography', modules: ['jwt', 'cryptography'] },
] as const

export type SystemPackage = (typeof PACKAGES)[number]['name']

/** A Python that has these modules, or null. Debian's own has what its packages bring, also where another stands before it. */
export function findPython(modules: readonly string[]): string | null {
  const check = ['-c', `import ${modules.join(', ')}`]
  const has = (python: string) => spawnSync(python, check, { stdio: 'ignore' }).status === 0
  return ['python3', '/usr/bin/python3'].find(has) ?? null
}

/** Where one of the package's programs is, or the Python that has it, or null. */
export function findProgram(name: SystemPackage): string | null {
  const found = PACKAGES.find((each) => each.name === name)
  if (found === undefined) return null
  return 'modules' in found ? findPython(found.modules) : findOnPath(found.programs)
}

function findOnPath(programs: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  for (const program of programs) {
    for (const folder of folders) {
      const file = path.join(folder, program)
      if (isExecutable(file)) return file
    }
  }
  return null
}

/** The browser for tests: the shell without windows, or the whole one where only that can be had. */
export function findBrowser(): string | null {
  return findProgram('chromium-headless-shell') ?? findProgram('chromium')
}

/**
 * Installs the missing packages where it may (root, with apt), and otherwise returns a sentence for each with the command
 * that does.
 */
export function ensurePackages(
  needed: readonly SystemPackage[],
  tell: (sentence: string) => void,
): string[] {
  const isMissing = (name: SystemPackage) => findProgram(name) === null
  const missing = needed.filter(isMissing)
  if (missing.length === 0) return []
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    tell(`Installing ${missing.join(' and ')} …`)
    installWithApt(missing)
    installWithApt(missing.filter(isMissing).map(otherwise).filter(isMissing))
  }
  return missing
    .map((name) => (isMissing(name) ? otherwise(name) : name))
    .filter(isMissing)
    .map((name) => `${name} is missing: install it, on Debian with "apt-get install ${name}".`)
}

/** What does as well where the package itself cannot be had. */
function otherwise(name: SystemPackage): SystemPackage {
  const found = PACKAGES.find((each) => each.name === name)
  return found && 'otherwise' in found ? found.otherwise : name
}

/** Each by itself, so that one that this system does not know keeps none of the others away. */
function installWithApt(names: SystemPackage[]): void {
  if (names.length === 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: string[]) =>
    execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const attempts = [
    ['update', '-q'],
    ...names.map((name) => ['install', '-q', '-y', '--no-install-recommends', name]),
  ]
  for (const attempt of attempts) {
    try {
      apt(...attempt)
    } catch {
      // apt has said why; what is missing still is told by name.
    }
  }
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => isExecutable(path.join(folder, program)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
