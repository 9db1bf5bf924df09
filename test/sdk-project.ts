import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { buildSdk, buildSdkTypes } from '../scripts/run/build-sdk'

export interface SdkProject {
  /** An empty project into which the packed SDK was installed. */
  folder: string
  /** Names of the files in the package. */
  packed: string[]
}

const run = promisify(execFile)
/** npm as on a machine without a network, and without anything that was fetched before. */
const OFFLINE = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']

/** Packs the SDK and installs it, as a caller does: nothing of the repository is within reach. */
export async function sdkProject({ types }: { types: boolean }): Promise<SdkProject> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'countersign-project-'))
  afterAll(() => rm(root, { recursive: true, force: true }))
  const built = path.join(root, 'built')
  await buildSdk(built)
  if (types) await buildSdkTypes(built)
  const cache = `--cache=${path.join(root, 'cache')}`
  const { stdout } = await run('npm', ['pack', '--json', cache, '--pack-destination', root], {
    cwd: built,
  })
  const [told] = JSON.parse(stdout) as { files: { path: string }[] }[]
  const tarball = (await readdir(root)).find((name) => name.endsWith('.tgz')) ?? ''
  const folder = path.join(root, 'project')
  await cp('examples', folder, { recursive: true, filter: (file) => !file.endsWith('.ts') })
  await writeFile(path.join(folder, 'package.json'), '{"private": true, "type": "module"}')
  await run('npm', ['install', ...OFFLINE, cache, path.join(root, tarball)], { cwd: folder })
  return { folder, packed: (told?.files ?? []).map((file) => file.path) }
}

/** How a project finds its packages. */
export type Resolution = 'bundler' | 'node16'

const MODULE = { bundler: 'esnext', node16: 'node16' } as const

/** Gives the project Node's types. */
export async function addNodeTypes(folder: string): Promise<void> {
  const scope = path.join(folder, 'node_modules', '@types')
  await cp('node_modules/@types/node', path.join(scope, 'node'), { recursive: true })
  await symlink(
    path.resolve('node_modules/undici-types'),
    path.join(folder, 'node_modules/undici-types'),
  )
}

/** Compiles files of the project as strictly as TypeScript can: '' when nothing is wrong. */
export async function compile(
  folder: string,
  files: string[],
  moduleResolution: Resolution,
): Promise<string> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    maxNodeModuleJsDepth: 0,
    // Our own declarations are looked at too.
    skipLibCheck: false,
    target: 'es2023',
    lib: ['es2023'],
    module: MODULE[moduleResolution],
    moduleResolution,
    types: ['node'],
  }
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = path.resolve('node_modules/typescript/bin/tsc')
  const failed = (error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error) })
  const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(failed)
  return stdout
}
