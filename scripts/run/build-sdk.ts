import path from 'node:path'
import { build as bundle } from 'esbuild'

/**
 * The SDK as one file without a single import, so that it runs wherever Node 20 does: what it needs of jose and
 * @noble/hashes is in it.
 */
export async function buildSdk(folder: string): Promise<void> {
  await bundle({
    entryPoints: ['sdk/index.ts'],
    outfile: path.join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  })
}
