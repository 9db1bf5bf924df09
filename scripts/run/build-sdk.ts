import path from 'node:path'
import { build as bundle, type Metafile } from 'esbuild'
import { describePackage } from './sdk-package'

const ENTRIES = ['sdk/index.ts', 'sdk/node.ts', 'sdk/record.ts', 'sdk/verify.ts']

/**
 * The package `@countersign/sdk`: each entry one file without a single import of a package, so that it runs wherever Node 20 does;
 * what it needs of jose and @noble/hashes is in it. So is `record.js`, for whoever verifies records and calls nobody, and
 * `verify.js`, which needs web APIs only.
 */
export async function buildSdk(folder: string): Promise<void> {
  const library = await bundle({
    entryPoints: ENTRIES,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
  })
  const program = await buildCli(path.join(folder, 'cli'))
  await describePackage(folder, packagesOf(library.metafile, program.metafile))
}

/** Its types, which make it whole to be packed. They take the compiler and its time, so a start of the product does without. */
export async function buildSdkTypes(folder: string): Promise<void> {
  const { buildTypes } = await import('./sdk-types')
  await buildTypes(ENTRIES, path.join(folder, 'types'))
}

/** Names of the packages whose code is in the bundles. */
function packagesOf(...metafiles: Metafile[]): string[] {
  const inputs = metafiles.flatMap(({ inputs: files }) => Object.keys(files))
  const names = inputs.flatMap(
    (file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [],
  )
  return [...new Set(names)].sort()
}

/** The program `countersign`, on its own too: a policy's reader and compiler stand in a file that is read only when needed. */
function buildCli(folder: string) {
  return bundle({
    entryPoints: ['sdk/cli/main.ts'],
    outdir: folder,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Some of what it bundles asks for Node's modules as CommonJS does.
    banner: {
      js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
    },
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'warning',
  })
}
