import type { Countersign } from '../../index'
import type { Call } from '../command'

/** A client that reads requests, which either key may. */
export async function readingClient(call: Call): Promise<Countersign> {
  const settings = await call.settings()
  const key = settings.get('agentKey') === undefined ? 'runtimeKey' : 'agentKey'
  if (key === 'runtimeKey' && settings.get(key) === undefined) settings.need('agentKey')
  return settings.client(key)
}
