import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'
import { CliError } from '../exits'
import type { Surroundings } from '../given'

/**
 * Asks before anything is sent whether the command is there: whoever waited for hours should not lose the grant to a typo.
 * @throws CliError with the codes of a shell
 */
export async function assertProgram(
  program: string | undefined,
  { env, cwd }: Surroundings,
): Promise<void> {
  if (!program) throw new CliError('usage', 'Give the command that is to run, behind --.')
  // The system looks for it in ways of its own there.
  if (process.platform === 'win32') return
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '').split(path.delimiter)
  const places = folders.map((folder) => path.resolve(cwd, folder, program))
  let isThere = false
  for (const place of places) {
    const found = await stat(place).catch(() => null)
    if (!found?.isFile()) continue
    isThere = true
    if (await isExecutable(place)) return
  }
  if (isThere) throw new CliError('not_executable', `${program} may not be executed (chmod +x).`)
  throw new CliError('not_found', `${program} is not found.`)
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
