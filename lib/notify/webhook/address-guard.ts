import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Addresses that belong to no public host (IANA special-purpose registries, RFC 6890, and multicast). Of IPv6 it is the other
 * way round: only global unicast (2000::/3) is public, and of that not what tunnels or documents. So `::1`, `::127.0.0.1`,
 * `::ffff:127.0.0.1`, link-local, unique local and NAT64 addresses need no line of their own.
 */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
const GLOBAL_IPV6 = ['2000::/3']
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

const special = listOf([...SPECIAL_IPV4, ...SPECIAL_IPV6])
const globalIpv6 = listOf(GLOBAL_IPV6)

/** Hosts and networks of its own that a self-hoster lets webhooks reach: by any port, with or without TLS. */
export interface Allowed {
  /** Lower case, as a URL has them. */
  hosts: string[]
  networks: BlockList
}

export type AddressFault =
  | 'not_a_url'
  | 'not_https'
  | 'has_credentials'
  | 'port_not_allowed'
  | 'private_address'

const PUBLIC_PORTS = new Set(['', '443', '8443'])

/**
 * Reads `hooks.internal, 10.1.0.0/16, ::1`.
 * @returns null when a part is neither a host name, an address nor a network
 */
export function readAllowed(text: string): Allowed | null {
  const parts = text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
  const isNetwork = (part: string) => isIP(part.split('/')[0] ?? '') !== 0
  const networks = parts.filter(isNetwork)
  const hosts = parts.filter((part) => !isNetwork(part))
  if (!hosts.every((host) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host))) return null
  try {
    return { hosts, networks: listOf(networks) }
  } catch {
    // Not a number of bits that such an address has.
    return null
  }
}

/** What can be said of an endpoint's address before anything is resolved; null: nothing is wrong with it so far. */
export function addressFault(address: string, allowed: Allowed): AddressFault | null {
  if (!URL.canParse(address)) return 'not_a_url'
  const url = new URL(address)
  const host = hostOf(url)
  if (url.username !== '' || url.password !== '') return 'has_credentials'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not_https'
  if (isIP(host) !== 0 && !mayConnectTo(host, allowed)) return 'private_address'
  if (allowed.hosts.includes(host) || (isIP(host) !== 0 && isIn(allowed.networks, host)))
    return null
  if (url.protocol !== 'https:') return 'not_https'
  return PUBLIC_PORTS.has(url.port) ? null : 'port_not_allowed'
}

/** Whether an address that a name resolved to may be connected to. */
export function mayConnectTo(address: string, allowed: Allowed, host = address): boolean {
  if (isIP(address) === 0) return false
  // A network is let in by its addresses; a host of our own by its name, wherever it is.
  if (isIn(allowed.networks, address) || allowed.hosts.includes(host.toLowerCase())) return true
  if (isIn(special, address)) return false
  return isIPv6(address) ? isIn(globalIpv6, address) : true
}

/** As in the URL, without the brackets of an IPv6 address and the dot at the end of a name. */
export function hostOf(url: URL): string {
  const { hostname } = url
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function listOf(networks: string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, bits === undefined ? widest(family) : Number(bits), family)
  }
  return list
}

function widest(family: 'ipv4' | 'ipv6'): number {
  return family === 'ipv6' ? 128 : 32
}
