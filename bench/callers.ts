import { createApiKey } from '../lib/commands/directory/create-api-key'
import { createCaller } from '../lib/commands/directory/create-caller'
import type { Runtime } from '../lib/runtime'
import { must } from '../scripts/lib/demo-people'

export interface BenchCaller {
  callerId: string
  ownerId: string
  agentKey: string
}

/** Callers as an admin makes them: a crowd of submits has several, since each has its limits. */
export async function makeCallers(
  runtime: Runtime,
  name: string,
  count: number,
): Promise<BenchCaller[]> {
  const owner = await runtime.db.person.findFirstOrThrow({ where: { name: 'Jonas Weber' } })
  const callers: BenchCaller[] = []
  for (let nr = 1; nr <= count; nr++) {
    const made = await createCaller(runtime, {
      name: `${name} ${nr}`,
      kind: 'ci_job',
      ownerId: owner.id,
      roles: ['deployer'],
      environments: ['production'],
      audience: 'deploy-runner',
      byPersonId: owner.id,
    })
    const { callerId } = must(made)
    const by = { callerId, kind: 'agent', name: 'submit', byPersonId: owner.id } as const
    const { key } = must(await createApiKey(runtime, by))
    callers.push({ callerId, ownerId: owner.id, agentKey: key })
  }
  return callers
}
