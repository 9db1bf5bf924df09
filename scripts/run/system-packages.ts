import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** What the tests need that npm does not bring: the Debian package, and the programs any one of which will do. */
const PACKAGES = [
  { name: 'redis-server', programs: ['redis-server'] },
  { name: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
] as const

export type SystemPackage = (typeof PACKAGES)[number]['name']

/** Where one of the package's programs is, or null. */
export function findProgram(name: SystemPackage): string | null {
  const programs = PACKAGES.find((each) => each.name === name)?.programs ?? []
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  for (const program of programs) {
    for (const folder of folders) {
      const file = path.join(folder, program)
      if (isExecutable(file)) return file
    }
  }
  return null
}

/**
 * Installs the missing packages where it may (root, with apt), and otherwise returns a sentence for each with the command
 * that does.
 */
export function ensurePackages(
  needed: SystemPackage[],
  tell: (sentence: string) => void,
): string[] {
  const missing = needed.filter((name) => findProgram(name) === null)
  if (missing.length === 0) return []
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    tell(`Installing ${missing.join(' and ')} …`)
    installWithApt(missing)
  }
  return needed
    .filter((name) => findProgram(name) === null)
    .map((name) => `${name} is missing: install it, on Debian with "apt-get install ${name}".`)
}

function installWithApt(names: SystemPackage[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: string[]) =>
    execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    apt('update', '-q')
    apt('install', '-q', '-y', '--no-install-recommends', ...names)
  } catch {
    // apt has said why; what is missing still is told by name.
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
