// A tool for an agent: node agent-tool.mjs '{"release":"2026.03.14"}', with tool-runner.mjs at RUNNER_URL.
// The agent holds its own key only. It can ask and wait; whatever a prompt makes of it, it cannot collect or run anything.
import { Countersign, endedError, handleOf } from '@countersign/sdk'

const client = new Countersign({
  url: process.env.COUNTERSIGN_URL ?? '',
  agentKey: process.env.COUNTERSIGN_AGENT_KEY,
})

/** As an agent's framework takes it: a name, a schema, a function. */
const deployTool = {
  name: 'deploy_to_production',
  description: 'Deploys a release. People have to agree first, which takes minutes to hours.',
  parameters: {
    type: 'object',
    properties: { release: { type: 'string' } },
    required: ['release'],
  },
  execute,
}

/** @param {{ release: string }} args */
async function execute({ release }) {
  const contract = {
    goal: `Deploy release ${release} to production`,
    tools: ['deploy.production'],
    arguments: { 'deploy.production': { release } },
    run_id: `agent-${release}`,
  }
  const submitted = await client.request(contract)
  console.error(`${submitted.state}: ${submitted.ticket_url}`)
  const request =
    submitted.state === 'open' ? await client.waitFor(submitted.request_id) : submitted
  // A no is an answer for the model too: it reads why, and that it is not to try another way.
  const ended = endedError(request)
  if (ended) return { ran: false, ...ended.toJSON() }
  const answer = await fetch(new URL('/run', process.env.RUNNER_URL), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contract, handle: handleOf(request, contract.run_id) }),
  })
  return await answer.json()
}

console.log(JSON.stringify(await deployTool.execute(JSON.parse(process.argv[2] ?? '{}'))))
