import { lookup, Resolver } from 'node:dns/promises'
import type { Allowed } from './address-guard'

export interface Address {
  address: string
  family: number
}

const ASKED_FOR_MS = 3_000
const TRIES = 2

/**
 * All addresses of a host. A public name is asked of the name servers directly: the system's lookup holds one of Node's four
 * threads for as long as a name server is silent, so a few silent domains would keep every other endpoint waiting. What only
 * this machine or its network knows (hosts that the operator named, names without a dot) is looked up by the system.
 *
 * @param signal ends the asking
 * @param servers name servers instead of the system's, as `address:port`
 * @throws with code `ENOTFOUND` when there is no address
 */
export async function resolveHost(
  host: string,
  allowed: Pick<Allowed, 'hosts'>,
  signal: AbortSignal,
  servers?: string[],
): Promise<Address[]> {
  if (allowed.hosts.includes(host) || !host.includes('.')) {
    return await lookup(host, { all: true, verbatim: true })
  }
  const resolver = new Resolver({ timeout: ASKED_FOR_MS, tries: TRIES })
  if (servers) resolver.setServers(servers)
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    // One family that is not answered for does not matter: the connection goes to the addresses that were checked alone.
    const [six, four] = await Promise.allSettled([resolver.resolve6(host), resolver.resolve4(host)])
    const found = [...addressesOf(six, 6), ...addressesOf(four, 4)]
    if (found.length > 0) return found
    throw Object.assign(new Error('The name servers know no address'), { code: 'ENOTFOUND' })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function addressesOf(answered: PromiseSettledResult<string[]>, family: 4 | 6): Address[] {
  if (answered.status === 'rejected') return []
  return answered.value.map((address) => ({ address, family }))
}
