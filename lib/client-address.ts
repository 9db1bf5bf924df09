import { BlockList, isIP, isIPv4 } from 'node:net'

/** A number: how many proxies stand between us and the open network. Or their addresses. */
export type TrustedProxies = number | BlockList

const MOST_PROXIES = 10
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const NO_ADDRESS = 'none'

/** @returns null for what is neither a number of proxies nor a list of addresses and networks */
export function readTrustedProxies(text: string): TrustedProxies | null {
  if (/^\d+$/.test(text)) {
    const count = Number(text)
    return count >= 1 && count <= MOST_PROXIES ? count : null
  }
  const list = new BlockList()
  return text.split(',').every((part) => addTo(list, part.trim())) ? list : null
}

function addTo(list: BlockList, part: string): boolean {
  const [address = '', prefix, ...more] = part.split('/')
  if (isIP(address) === 0 || more.length > 0) return false
  const most = isIPv4(address) ? 32 : 128
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= most)) return false
  list.addSubnet(address, prefix === undefined ? most : Number(prefix), family(address))
  return true
}

/**
 * The address of who is at the other end: the connection's own, unless a proxy is trusted. Then `X-Forwarded-For` is read from
 * its end, where each proxy adds who it heard from: what the client wrote into it itself stands before that and counts for
 * nothing.
 * @param forwarded the header as Node joins it, commas between
 */
export function clientAddress(
  connection: string | undefined,
  forwarded: string | undefined,
  trusted: TrustedProxies | null,
): string {
  const own = plain(connection ?? '')
  if (trusted === null) return own
  const hops = [...(forwarded ?? '').split(',').map(plain), own].filter((hop) => hop !== '')
  if (typeof trusted === 'number') return checked(hops.at(-1 - trusted) ?? hops[0])
  const client = hops.findLast((hop) => isIP(hop) === 0 || !trusted.check(hop, family(hop)))
  return checked(client ?? hops[0])
}

/**
 * What counts as one client: an IPv4 address, or the /64 that a household or a machine is given of IPv6, since whoever has
 * one address of it has all.
 */
export function clientOf(address: string): string {
  if (isIP(address) !== 6) return address
  const groups = fullGroups(address.split('%')[0] ?? address)
  return `${groups.slice(0, 4).join(':')}::/64`
}

function fullGroups(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return tail === undefined ? before : [...before, ...zeros, ...after]
}

/** Trimmed, without a port, and IPv4 as IPv4. */
function plain(text: string): string {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  return MAPPED.exec(bare)?.[1] ?? bare
}

/** A text that is no address is one client, whatever it says: nobody gets a new count by writing nonsense. */
function checked(address: string | undefined): string {
  return address !== undefined && isIP(address) !== 0 ? address : NO_ADDRESS
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}
