/** Prefix → what the id names. */
export const ID_PREFIXES = {
  req: 'request',
  clr: 'caller',
  key: 'API key',
  prs: 'person',
  vot: 'vote',
  evd: 'evidence',
  ses: 'session',
  pky: 'passkey',
  chl: 'challenge',
  dec: 'decision',
  ans: 'decision point answer',
  slk: 'Slack link',
  msg: 'Slack message',
  ann: 'announcement',
  whe: 'webhook endpoint',
  evt: 'webhook event',
} as const

export type IdPrefix = keyof typeof ID_PREFIXES

export type Id<Prefix extends IdPrefix = IdPrefix> = `${Prefix}_${string}`

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_LENGTH = 10
const RANDOM_BYTES = 10
const LAST_TIME = 2 ** 48 - 1
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/**
 * `req_01KA8Q4T9ZP2…`: a prefix and a ULID (github.com/ulid/spec), so ids sort by the millisecond they were made in.
 * @param now epoch milliseconds
 * @param random exactly 10 random bytes
 * @throws RangeError when `now` or `random` is not of that shape: a fault of the caller, never of a user
 */
export function newId<Prefix extends IdPrefix>(
  prefix: Prefix,
  now: number,
  random: Uint8Array,
): Id<Prefix> {
  if (!Number.isInteger(now) || now < 0 || now > LAST_TIME) {
    throw new RangeError(`An id needs epoch milliseconds, not ${now}`)
  }
  if (random.length !== RANDOM_BYTES) {
    throw new RangeError(`An id needs ${RANDOM_BYTES} random bytes, not ${random.length}`)
  }
  return `${prefix}_${encodeTime(now)}${encodeRandom(random)}`
}

/** Whether a text has the exact form of an id with this prefix. It says nothing about existence. */
export function isId<Prefix extends IdPrefix>(prefix: Prefix, text: string): text is Id<Prefix> {
  return text.startsWith(`${prefix}_`) && ULID.test(text.slice(prefix.length + 1))
}

function encodeTime(now: number): string {
  let rest = now
  let text = ''
  for (let place = 0; place < TIME_LENGTH; place++) {
    text = CROCKFORD.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function encodeRandom(random: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of random) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += CROCKFORD.charAt((held >>> bits) & 31)
      held &= (1 << bits) - 1
    }
  }
  return text
}
