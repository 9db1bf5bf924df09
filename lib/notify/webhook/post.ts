import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import {
  type AddressFault,
  type Allowed,
  addressFault,
  hostOf,
  mayConnectTo,
} from './address-guard'
import { type Address, resolveHost } from './resolve-host'

/** Why no answer came, or why none was asked for. */
export type PostFault =
  | AddressFault
  | 'unknown_host'
  | 'timeout'
  | 'refused_connection'
  | 'tls'
  | 'broken_connection'

export interface Posted {
  /** Null when no answer came. */
  status: number | null
  headers: Record<string, string>
  /** The first 2 KiB, as text. */
  body: string
  fault: PostFault | null
  latencyMs: number
}

export interface PostOptions {
  allowed: Allowed
  timeoutMs?: number
  /** All addresses of a host. */
  resolve?: (host: string) => Promise<Address[]>
}

const TIMEOUT_MS = 15_000
const KEPT_BYTES = 2_048
/** More than this is not read: an endpoint has nothing to tell. */
const READ_BYTES = 65_536
const KEPT_HEADERS = ['content-type', 'content-length', 'date', 'server', 'retry-after', 'location']
const LONGEST_HEADER = 200
const SWITCHING_PROTOCOLS = 101

const CODES: Record<string, PostFault> = {
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ENODATA: 'unknown_host',
  ECONNREFUSED: 'refused_connection',
  ETIMEDOUT: 'timeout',
}

/**
 * Posts once. The name is resolved first, every address it has must be one that may be reached, and the connection then goes to
 * exactly these: a name that changes its answer in between changes nothing. No redirect is followed, no proxy is
 * used, and time and size are bounded. Never rejects.
 * @param url as it was registered; checked again here, since the rules may have changed since
 */
export async function post(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  { allowed, timeoutMs = TIMEOUT_MS, resolve }: PostOptions,
): Promise<Posted> {
  const startedAt = performance.now()
  const none = (fault: PostFault): Posted => ({
    status: null,
    headers: {},
    body: '',
    fault,
    latencyMs: Math.round(performance.now() - startedAt),
  })
  const late = AbortSignal.timeout(timeoutMs)
  const find = resolve ?? ((host: string) => resolveHost(host, allowed, late))
  try {
    const wrong = addressFault(url, allowed)
    if (wrong !== null) return none(wrong)
    const target = new URL(url)
    const addresses = await inTime(reachable(target, allowed, find), late)
    if (addresses === null) return none('private_address')
    // Whatever a receiver answers, and whatever Node makes of it: the sender's place is free again in time.
    const answered = await inTime(send(target, addresses, { headers, body }, late), late)
    return { ...answered, fault: null, latencyMs: Math.round(performance.now() - startedAt) }
  } catch (error) {
    return none(late.aborted ? 'timeout' : faultOf(error))
  }
}

/** What the host resolves to, when all of it may be reached; null when any of it may not. */
async function reachable(
  url: URL,
  allowed: Allowed,
  find: NonNullable<PostOptions['resolve']>,
): Promise<Address[] | null> {
  const host = hostOf(url)
  const family = isIP(host)
  const addresses = family === 0 ? await find(host) : [{ address: host, family }]
  if (addresses.length === 0) throw Object.assign(new Error('No address'), { code: 'ENOTFOUND' })
  return addresses.every(({ address }) => mayConnectTo(address, allowed, host)) ? addresses : null
}

async function send(
  url: URL,
  addresses: Address[],
  { headers, body }: { headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<Pick<Posted, 'status' | 'headers' | 'body'>> {
  const bytes = Buffer.from(body)
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = open({
    method: 'POST',
    host: hostOf(url),
    port: url.port === '' ? undefined : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, 'content-length': bytes.length },
    lookup: lookupOf(addresses),
    // No connection is kept: the next one is checked anew.
    agent: false,
    signal,
  })
  request.end(bytes)
  const response = await answerOf(request)
  return {
    status: response.statusCode ?? null,
    headers: keptHeaders(response),
    body: await firstBytes(response),
  }
}

/** Answers with the checked addresses, whatever a resolver would say by now. Node asks for one of them or for all. */
function lookupOf(addresses: Address[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = addresses
    if (options.all) done(null, addresses)
    else done(null, first?.address ?? '', first?.family)
  }
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    // 101: nobody asked for another protocol. Without this Node closes the connection and tells neither answer nor error.
    request.once('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response)
    })
    request.on('error', reject)
  })
}

async function firstBytes(response: IncomingMessage): Promise<string> {
  if (response.statusCode === SWITCHING_PROTOCOLS) return ''
  const chunks: Buffer[] = []
  let readCount = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (readCount < KEPT_BYTES) chunks.push(chunk)
    readCount += chunk.length
    if (readCount >= READ_BYTES) break
  }
  response.destroy()
  // PostgreSQL takes no U+0000.
  return Buffer.concat(chunks).subarray(0, KEPT_BYTES).toString('utf8').replaceAll('\0', '\ufffd')
}

function keptHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, String(value).slice(0, LONGEST_HEADER)] as const]
  })
  return Object.fromEntries(kept)
}

function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

function faultOf(error: unknown): PostFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = CODES[code]
  if (known) return known
  const isTls = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO)/.test(code)
  return isTls ? 'tls' : 'broken_connection'
}
