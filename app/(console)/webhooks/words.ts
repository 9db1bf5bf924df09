import type { WebhookEventType } from '#lib/core/webhook/events'
import type { PostFault } from '#lib/notify/webhook/post'

/** When each is sent, in plain words. */
export const EVENT_WORDS: Record<WebhookEventType, string> = {
  'request.deferred': 'a request is held as a ticket',
  'request.released': 'everything is there, a grant exists',
  'request.rejected': 'a human said no',
  'request.denied': 'policy said no',
  'request.expired': 'not enough answers came in time',
  'request.cancelled': 'its caller or owner took it back',
  'request.superseded': 'a newer request took its place',
  'evidence.added': 'somebody attached something',
  'grant.redeemed': 'the runtime was told to run it, once',
  'grant.lapsed': 'the grant ended unused, too late',
  'grant.revoked': 'the grant was taken back',
  'grant.burnt': 'the world had changed, nothing ran',
}

interface FaultWords {
  /** In a table. */
  short: string
  /** What happened, and what to do. */
  long: string
}

export const FAULT_WORDS: Record<PostFault, FaultWords> = {
  not_a_url: {
    short: 'No address',
    long: 'The address is none any more. Change it to one that begins with https://.',
  },
  not_https: {
    short: 'Not https',
    long: 'Only https addresses are reached. Give the receiver a certificate, or have whoever runs Countersign allow its host with WEBHOOK_ALLOWED.',
  },
  has_credentials: {
    short: 'Password in the address',
    long: 'The address holds a user or password. Take it out: deliveries are signed instead.',
  },
  port_not_allowed: {
    short: 'Port not allowed',
    long: 'Only the ports 443 and 8443 are reached. Move the receiver, or have whoever runs Countersign allow its host with WEBHOOK_ALLOWED.',
  },
  private_address: {
    short: 'Private address',
    long: 'The name leads to a private address, so nothing was sent. Use a public one, or have whoever runs Countersign allow it with WEBHOOK_ALLOWED.',
  },
  unknown_host: {
    short: 'Unknown host',
    long: 'No address is known for this host. Look for a slip in the name, and at its DNS records.',
  },
  timeout: {
    short: 'No answer in 15 s',
    long: 'No answer came within 15 seconds. Answer first and work afterwards; it may have arrived all the same, so look for its webhook-id.',
  },
  refused_connection: {
    short: 'Connection refused',
    long: 'Nothing listens at this port. Start the receiver, or correct the port.',
  },
  tls: {
    short: 'Certificate not accepted',
    long: 'The certificate was not accepted. It must name this host, not be over, and come with its whole chain.',
  },
  broken_connection: {
    short: 'Connection broke',
    long: 'The connection broke before an answer came. Look at what stands in front of the receiver; it may have arrived all the same.',
  },
}

const OTHER_FAULT: FaultWords = { short: 'Not sent', long: 'It could not be sent.' }

export interface Met {
  status: number | null
  fault: string | null
}

export function metShort({ status, fault }: Met): string {
  return status === null ? faultWords(fault).short : `HTTP ${status}`
}

/** What a try met, and what to do about it. */
export function metLong({ status, fault }: Met): string {
  if (status === null) return faultWords(fault).long
  if (status >= 200 && status < 300) return `The receiver took it and answered ${status}.`
  return `The receiver answered ${status}. ${adviceOn(status)}`
}

function adviceOn(status: number): string {
  if (status >= 300 && status < 400) {
    return 'Redirects are not followed: change the address to where this one leads.'
  }
  if (status === 401 || status === 403) {
    return 'It did not accept the signature, or something in front of it asks for a password. Compare the secret, and verify the bytes as they came.'
  }
  if (status === 404 || status === 405) return 'Nothing takes a POST there: correct the path.'
  if (status === 410) return 'That means gone for good, so the endpoint was disabled.'
  if (status === 413) return 'It takes less than is sent: raise its limit to 64 KiB.'
  if (status === 429) return 'It asks for patience, which it is given: see retry-after.'
  if (status >= 500) return 'Look into its log for this webhook-id.'
  return 'Any 2xx counts as delivered: look into its log for this webhook-id.'
}

function faultWords(fault: string | null): FaultWords {
  return isFault(fault) ? FAULT_WORDS[fault] : OTHER_FAULT
}

function isFault(text: string | null): text is PostFault {
  return text !== null && Object.hasOwn(FAULT_WORDS, text)
}

export const isDelivered = ({ status }: Met): boolean =>
  status !== null && status >= 200 && status < 300

/** When it is sent; null for a type that is no longer told, or a test. */
export function eventWords(type: string): string | null {
  return Object.hasOwn(EVENT_WORDS, type) ? EVENT_WORDS[type as WebhookEventType] : null
}
