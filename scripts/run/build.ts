import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { build as bundle, stop as stopBundler } from 'esbuild'
import { buildSdk } from './build-sdk'

/** Everything that ends up in a build, or steers it. */
const SOURCES = [
  'api',
  'app',
  'lib',
  'prisma/schema.prisma',
  'public',
  'sdk',
  'slack',
  'workers',
  'next.config.ts',
  'package-lock.json',
  'package.json',
  'proxy.ts',
  'server.ts',
  'tsconfig.json',
]
const NOT_BUILT = /(\.test\.tsx?$|^lib\/db\/generated\/)/
const ENTRIES = ['server.ts', 'workers/main.ts', 'slack/main.ts']
/** Written last, and removed first: a build that was interrupted counts as none. */
const STAMP = 'dist/build-stamp'

/** Bundles the server, the workers and the SDK into dist/, and builds the console into .next/. */
export async function build(tell: (sentence: string) => void, signal?: AbortSignal): Promise<void> {
  const stamp = await sourcesDigest()
  await rm('dist', { recursive: true, force: true })
  tell('Building server, workers and SDK …')
  await bundle({
    entryPoints: await existing(ENTRIES),
    outdir: 'dist',
    outbase: '.',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  await buildSdk('dist/sdk')
  await stopBundler()
  tell('Building the console …')
  await buildConsole(signal)
  await writeFile(STAMP, stamp)
}

/** Builds unless the build that is there was made from exactly these sources. */
export async function ensureBuild(
  tell: (sentence: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const stamp = await readFile(STAMP, 'utf8').catch(() => null)
  if (stamp !== (await sourcesDigest())) await build(tell, signal)
}

async function buildConsole(signal: AbortSignal | undefined): Promise<void> {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'build'], {
    ...(signal && { signal }),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`The console could not be built.\n${output}`)
}

async function sourcesDigest(): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const source of await existing(SOURCES)) {
    for (const file of await filesOf(source)) {
      hash
        .update(file)
        .update('\0')
        .update(await readFile(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

async function filesOf(source: string): Promise<string[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true }).catch(() => null)
  if (!entries) return [source]
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !NOT_BUILT.test(file))
    .sort()
}

async function existing(files: string[]): Promise<string[]> {
  const there = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  )
  return files.filter((_, at) => there[at])
}
