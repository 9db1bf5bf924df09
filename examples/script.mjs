// A script that deploys once people have signed: node script.mjs 2026.03.14
// It holds both keys, so nothing but this process stands between whoever may edit it and the deploy. See ci-deploy.mjs for two.
import { Countersign, guard, RejectedError } from '@countersign/sdk'

const client = new Countersign({
  url: process.env.COUNTERSIGN_URL ?? '',
  agentKey: process.env.COUNTERSIGN_AGENT_KEY,
  runtimeKey: process.env.COUNTERSIGN_RUNTIME_KEY,
  audience: 'deploy-runner', // as registered
  environment: 'production',
})
const release = process.argv[2] ?? ''

const contract = {
  goal: `Deploy release ${release} to production`,
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release } },
  run_id: `script-${release}`, // started again, it goes on with the same request
}

try {
  const { value } = await guard(client, contract, deploy, {
    onUpdate: ({ state, ticket_url }) => console.log(`${state}: ${ticket_url}`),
  })
  console.log(value)
} catch (error) {
  if (error instanceof RejectedError) console.error(`Rejected: ${error.request.closed.note}`)
  throw error
}

/** Runs once, with exactly what was signed. @param {import('@countersign/sdk').Released} released */
function deploy(released) {
  return `deploying ${JSON.stringify(released.arguments)}`
}
