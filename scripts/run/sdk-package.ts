import { copyFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** What `npm pack` in the folder of the built SDK needs besides the code: manifest, README, licences. */
export async function describePackage(folder: string, bundled: string[]): Promise<void> {
  const { version, license, description } = JSON.parse(await readFile('package.json', 'utf8'))
  const entry = (name: string) => ({ types: `./types/sdk/${name}.d.ts`, default: `./${name}.js` })
  const manifest = {
    name: '@countersign/sdk',
    version,
    description: `For callers of Countersign. ${description}`,
    license,
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: false,
    exports: {
      '.': entry('index'),
      './node': entry('node'),
      './record': entry('record'),
      './verify': entry('verify'),
      './package.json': './package.json',
    },
    bin: { countersign: 'cli/main.js' },
    files: ['*.js', 'cli/*.js', 'types', 'NOTICE'],
  }
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await copyFile('LICENSE', path.join(folder, 'LICENSE'))
  await writeFile(path.join(folder, 'README.md'), README)
  await writeFile(path.join(folder, 'NOTICE'), await notices(bundled))
}

/** The licences of what is in the bundles, as their authors ask. */
async function notices(bundled: string[]): Promise<string> {
  const texts = await Promise.all(
    bundled.map(async (name) => {
      const folder = path.join('node_modules', name)
      const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
      return `${name} ${version}\n\n${(await licenceOf(folder)).trim()}\n`
    }),
  )
  return [NOTICE, ...texts].join(`\n${'-'.repeat(80)}\n\n`)
}

async function licenceOf(folder: string): Promise<string> {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license']) {
    const text = await readFile(path.join(folder, name), 'utf8').catch(() => null)
    if (text !== null) return text
  }
  throw new Error(`${folder} has no licence file, so the SDK cannot carry it`)
}

const NOTICE = `Countersign SDK. Licensed under the Apache License, Version 2.0: see LICENSE.
It carries code of the following packages, under their own licences.
`

const README = `# @countersign/sdk

Holds an action until policy says yes and the right people have signed exactly that action; then runs it, once.

    import { Countersign, guard } from '@countersign/sdk'

    const client = new Countersign({ url, agentKey, runtimeKey, audience: 'deploy-runner', environment: 'production' })
    await guard(client, contract, (released) => deploy(released.arguments))

- \`@countersign/sdk\`: the client, \`guard\`, errors, webhooks.
- \`@countersign/sdk/verify\`: verifies allow tokens where there are web APIs only (edge runtimes, browsers).
- \`@countersign/sdk/record\`: verifies the record of a request offline.
- \`@countersign/sdk/node\`: keeps the handle of a run in a file.
- \`npx countersign help\`: the same from a shell.

No dependencies. Node 20 or later. Only an ok from redeem means run.
`
