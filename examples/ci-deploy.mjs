// Two jobs of one pipeline, each with its own key and nothing of the other's:
//   request: COUNTERSIGN_AGENT_KEY, any runner       node ci-deploy.mjs request 2026.03.14
//   deploy:  COUNTERSIGN_RUNTIME_KEY, the protected  node ci-deploy.mjs deploy
// Between them goes the file countersign.json, as an artifact: the contract and where its request is. It holds no secret, and
// changing it gets nothing run that people have not signed.
import { readFile, writeFile } from 'node:fs/promises'
import { Countersign, guard, handleOf } from '@countersign/sdk'

const FILE = 'countersign.json'
const [job, release = ''] = process.argv.slice(2)
const client = new Countersign({
  url: process.env.COUNTERSIGN_URL ?? '',
  agentKey: process.env.COUNTERSIGN_AGENT_KEY,
  runtimeKey: process.env.COUNTERSIGN_RUNTIME_KEY,
  audience: 'deploy-runner',
  environment: 'production',
})

if (job === 'request') await request()
else await deploy()

async function request() {
  // A pipeline that is started again is the same run, and so the same request.
  const runId = `pipeline-${process.env.CI_PIPELINE_ID ?? release}`
  const contract = {
    goal: `Deploy release ${release} to production`,
    tools: ['deploy.production'],
    arguments: { 'deploy.production': { release } },
    preconditions: [{ name: 'image', equals: imageOf(release) }],
    run_id: runId,
  }
  const submitted = await client.request(contract)
  const handle = handleOf(submitted, runId)
  await writeFile(FILE, JSON.stringify({ contract, handle }))
  console.log(`${submitted.state}: ${submitted.ticket_url}`)
}

async function deploy() {
  const { contract, handle } = JSON.parse(await readFile(FILE, 'utf8'))
  const { value } = await guard(
    client,
    contract,
    (released) => `deploying ${JSON.stringify(released.arguments)}`,
    {
      handle,
      // What the registry holds now: if somebody pushed another image meanwhile, nothing is deployed.
      observe: () => ({ image: imageOf(contract.arguments['deploy.production'].release) }),
    },
  )
  console.log(value)
}

/** Your registry's digest of the release. @param {string} of */
function imageOf(of) {
  return process.env.IMAGE ?? `registry.example/app:${of}`
}
