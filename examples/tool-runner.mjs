// Runs what the agent of agent-tool.mjs asked for: PORT=8080 node tool-runner.mjs
// It holds the runtime's key and believes nobody: redeem says whether exactly these arguments were signed.
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { Countersign, CountersignError, guard } from '@countersign/sdk'

const client = new Countersign({
  url: process.env.COUNTERSIGN_URL ?? '',
  runtimeKey: process.env.COUNTERSIGN_RUNTIME_KEY,
  audience: 'deploy-runner',
  environment: 'production',
})

const ACTIONS = new Map([['deploy.production', deploy]])

/** @param {{ contract: import('@countersign/sdk').Contract, handle: import('@countersign/sdk').Handle }} job */
async function run({ contract, handle }) {
  const [tool = ''] = contract.tools
  const action = ACTIONS.get(tool)
  if (!action || contract.tools.length !== 1) return { ran: false, code: 'not_a_tool' }
  try {
    const { value } = await guard(
      client,
      contract,
      (released) => action(released.arguments?.[tool]),
      {
        handle,
      },
    )
    return { ran: true, value }
  } catch (error) {
    if (error instanceof CountersignError) return { ran: false, ...error.toJSON() }
    throw error
  }
}

/** @param {unknown} args */
function deploy(args) {
  return `deployed ${JSON.stringify(args)}`
}

const server = createServer(async (request, response) => {
  try {
    const done = await run(/** @type {any} */ (await json(request)))
    response.end(JSON.stringify(done))
  } catch (error) {
    console.error(error)
    response.writeHead(500).end(JSON.stringify({ ran: 'unknown' }))
  }
})
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : address}`)
})
