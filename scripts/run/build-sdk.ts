import path from 'node:path'
import { build as bundle } from 'esbuild'

/**
 * The SDK as one file without a single import, so that it runs wherever Node 20 does: what it needs of jose and
 * @noble/hashes is in it. So is `record.js`, for whoever verifies records and calls nobody.
 */
export async function buildSdk(folder: string): Promise<void> {
  await bundle({
    entryPoints: ['sdk/index.ts', 'sdk/record.ts'],
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  await buildCli(path.join(folder, 'cli'))
}

/** The program `countersign`, on its own too: a policy's reader and compiler stand in a file that is read only when needed. */
async function buildCli(folder: string): Promise<void> {
  await bundle({
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
    logLevel: 'warning',
  })
}
