import { createApiKey } from '../lib/commands/directory/create-api-key'
import { createCaller } from '../lib/commands/directory/create-caller'
import { createPerson } from '../lib/commands/directory/create-person'
import { must } from '../scripts/lib/demo-people'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { Countersign, type RequestAnswer } from '../sdk/index'
import type { Product } from './fixtures'

/** An agent and the runtime it works for, as registered: each with its own key, over real HTTP. */
export interface TestCaller {
  id: string
  name: string
  ownerId: string
  ownerName: string
  agentKey: string
  agent: Countersign
  runtime: Countersign
  /** Sends a contract, the seed's unless told otherwise. */
  ask(contract?: Record<string, unknown>): Promise<RequestAnswer>
}

let count = 0

export async function registerCaller(
  product: Product,
  ownerName = 'Jonas Weber',
): Promise<TestCaller> {
  const { runtime, url } = product
  count += 1
  // Equally long whenever and wherever it is made, since pages are measured with it.
  const suffix = `${String(process.pid).padStart(7, '0')}.${String(count).padStart(4, '0')}`
  const email = `owner.${suffix}@osterby.example`
  const person = { name: ownerName, email, roles: [], byPersonId: null }
  const { personId: ownerId } = must(await createPerson(runtime, person))
  const name = `ci-release-${suffix}`
  const { callerId } = must(
    await createCaller(runtime, {
      name,
      kind: 'ci_job',
      ownerId,
      roles: ['deployer'],
      environments: ['production'],
      audience: 'deploy-runner',
      byPersonId: ownerId,
    }),
  )
  const keyOf = async (kind: 'agent' | 'runtime') => {
    const key = { callerId, kind, name: kind, byPersonId: ownerId }
    return must(await createApiKey(runtime, key)).key
  }
  const agentKey = await keyOf('agent')
  const runtimeKey = await keyOf('runtime')
  const agent = new Countersign({ url, agentKey })
  return {
    id: callerId,
    name,
    ownerId,
    ownerName,
    agentKey,
    agent,
    runtime: new Countersign({
      url,
      runtimeKey,
      audience: 'deploy-runner',
      environment: 'production',
    }),
    ask: (contract = SEED_CONTRACT) => agent.request(contract as never),
  }
}
