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
}
