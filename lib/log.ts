import { type DestinationStream, type Logger, pino } from 'pino'

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export interface Log extends Pick<Logger, Level | 'level' | 'isLevelEnabled' | 'flush'> {
  /** A log that adds these fields to each line. */
  child(bindings: Record<string, unknown>): Log
}

const CENSORED = '[redacted]'
const DEPTH_LIMIT = 8

/** Members whose value is a secret wherever they stand, in any spelling: api_key, apiKey, X-API-Key. */
const SECRET_NAMES =
  /^(authorization|cookie|setcookie|code|otp|totp|assertion|passphrase|jws|jwt|\w*(tokens?|secrets?|passwords?|apikeys?|privatekeys?))$/

/** Secrets by their looks, for texts into which one slipped: API keys, JWS, credentials in URLs, Slack's tokens, bearer headers. */
const SECRET_TEXTS: [RegExp, string][] = [
  [/csk_(agent|runtime)_[A-Za-z0-9]+/g, `csk_$1_${CENSORED}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, CENSORED],
  [/(\w+:\/\/[^\s:/@"]*):[^\s/@"]+@/g, `$1:${CENSORED}@`],
  [/\b(xox[a-z]|xapp)([.-][\w.-]+)/g, `$1-${CENSORED}`],
  // Whoever has such an address answers in our name for half an hour.
  [/(https:\/\/hooks\.slack\.com)\/[^\s"\\]+/g, `$1/${CENSORED}`],
  [/(\/sign-in\/link)#[\w-]+/g, `$1#${CENSORED}`],
  [/\b(bearer) +[\w.~+/=-]+/gi, `$1 ${CENSORED}`],
]

/**
 * The log: one JSON object a line. Secrets are taken out by name at any depth, and by their looks from the finished line.
 *
 * @param config.logLevel least severe level that is written
 * @param destination where lines go instead of standard output
 */
export function createLog(
  config: { logLevel: string },
  destination: DestinationStream = pino.destination(1),
): Log {
  const log = pino<string>(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactMembers(fields, 0),
      },
      serializers: { err: plainError, error: plainError },
      hooks: { streamWrite: redactText },
    },
    destination,
  )
  // Formatters do not reach what a child logger is bound to.
  return withRedactingChild(log, log.child)
}

function withRedactingChild(log: Logger<string>, child: Logger<string>['child']): Log {
  return Object.assign(log, {
    child: (bindings: Record<string, unknown>) =>
      withRedactingChild(child.call(log, redactMembers(bindings, 0)), child),
  })
}

function redactText(line: string): string {
  return SECRET_TEXTS.reduce((text, [secret, plain]) => text.replace(secret, plain), line)
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecretName(name) && member !== null && member !== undefined
        ? CENSORED
        : redact(member, depth + 1),
    ]),
  )
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (value instanceof Error) return plainError(value)
  if (depth > DEPTH_LIMIT) return '[too deep]'
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return redactMembers(value, depth)
}

function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
}

/** An error as log fields: never its other members, where clients keep requests with their headers. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error && typeof error.code === 'string' && { errorCode: error.code }),
    ...(error.cause !== undefined && { cause: plainError(error.cause) }),
  }
}
