import type { CallerPageView } from '#lib/wire/views/callers'

type About = Pick<CallerPageView, 'publicUrl' | 'audience' | 'environments'>

export interface Snippet {
  id: string
  title: string
  /** What it shows. */
  note: string
  text: string
}

/** First calls of a caller, to be copied. Secrets come from the environment: none stands in them. */
export function agentSnippets({ publicUrl }: About): Snippet[] {
  return [
    {
      id: 'agent-curl',
      title: 'Ask, with curl',
      note: 'Prints the request: held, or allowed by policy. `ticket_url` is where people sign.',
      text: `export COUNTERSIGN_AGENT_KEY='…'   # the agent key

curl --silent --show-error ${quoted(`${publicUrl}/v1/requests`)} \\
  --header "authorization: Bearer $COUNTERSIGN_AGENT_KEY" \\
  --header 'content-type: application/json' \\
  --data '${JSON.stringify(CONTRACT)}'`,
    },
    {
      id: 'agent-sdk',
      title: 'Ask, with the SDK',
      note: 'The same, and the handle that the runtime goes on from.',
      text: `import { Countersign, handleOf } from '@countersign/sdk'

const agent = new Countersign({
  url: ${js(publicUrl)},
  agentKey: process.env.COUNTERSIGN_AGENT_KEY,
})
const contract = ${CONTRACT_SOURCE}
const request = await agent.request(contract)
console.log(request.state, request.ticket_url)
export const handle = handleOf(request, contract.run_id)`,
    },
  ]
}

export function runtimeSnippets({ publicUrl, audience, environments }: About): Snippet[] {
  const [environment] = environments
  const where = environment === undefined ? '' : `\n  environment: ${js(environment)},`
  return [
    {
      id: 'runtime-curl',
      title: 'Collect the token, with curl',
      note: 'Once people have signed. The token alone runs nothing: redeem it right before acting.',
      text: `export COUNTERSIGN_RUNTIME_KEY='…' # the runtime key
id='req_…'                         # the request, as the agent was told

curl --silent --show-error --request POST ${quoted(`${publicUrl}/v1/requests/`)}"$id"/token \\
  --header "authorization: Bearer $COUNTERSIGN_RUNTIME_KEY"`,
    },
    {
      id: 'runtime-sdk',
      title: 'Run once it is signed, with the SDK',
      note: 'Waits, verifies the token, redeems it once, runs the function, reports how it ended.',
      text: `import { Countersign, guard } from '@countersign/sdk'

const runtime = new Countersign({
  url: ${js(publicUrl)},
  runtimeKey: process.env.COUNTERSIGN_RUNTIME_KEY,
  audience: ${js(audience)},${where}
})
const contract = ${CONTRACT_SOURCE}
// \`handle\` is what the agent passed on; \`deploy\` is yours.
await guard(runtime, contract, (released) => deploy(released.arguments), { handle })`,
    },
  ]
}

const RELEASE = '2026.03.14'
const CONTRACT = {
  goal: `Deploy release ${RELEASE} to production`,
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: RELEASE } },
  run_id: `deploy-${RELEASE}`,
}

const CONTRACT_SOURCE = `{
  goal: 'Deploy release ${RELEASE} to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '${RELEASE}' } },
  run_id: 'deploy-${RELEASE}',
}`

function js(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
