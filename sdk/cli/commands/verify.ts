import { visibleText } from '../../../lib/core/contract/visible'
import type { Refusal } from '../../../lib/core/refusals'
import { refusalEntry } from '../../../lib/core/refusals'
import type { AllowClaims } from '../../../lib/core/token/claims'
import { verifyAllowToken } from '../../../lib/core/token/verify-token'
import type { Call, Command, Done } from '../command'
import { plain } from '../failure'
import { readJwks } from '../jwks'
import { readInput } from '../read-input'
import { timeOf } from '../read-time'

const MOST_TOKEN_BYTES = 1024 * 1024
const CLOCK_TOLERANCE_MS = 30_000

export const verify: Command = {
  name: 'verify',
  summary: 'verify an allow token against the published keys',
  usage: '[FILE] [--jwks FILE|URL] [--at TIME]',
  about: `Reads an allow token from a file or from stdin, and verifies signature, type, issuer, audience and times. With keys in a
file it needs no network. That is for audit: a token that verifies authorises nothing, only an ok from redeem does.`,
  options: {
    jwks: { value: 'FILE|URL', help: 'the keys; those at COUNTERSIGN_URL when left out' },
    at: {
      value: 'TIME',
      help: 'as of this time (RFC 3339) instead of now, for a token that was kept',
    },
  },
  examples: [
    'countersign verify token.jwt --jwks jwks.json --issuer https://countersign.example --audience deploy-runner',
  ],
  settings: ['url', 'audience', 'issuer'],
  exits: ['does_not_hold', 'unreachable', 'settings'],
  act,
}

async function act(call: Call): Promise<Done> {
  const { given } = call
  const file = given.maybeOne('one file, or nothing for stdin') ?? '-'
  const now = timeOf(given, 'at')
  const settings = await call.settings()
  const audience = settings.need('audience')
  const issuer = settings.get('issuer') ?? settings.origin
  const token = (await readInput(call, file, MOST_TOKEN_BYTES)).toString('utf8').trim()
  const jwks = await readJwks(call, given.text('jwks'))
  const clockToleranceMs = CLOCK_TOLERANCE_MS
  const read = await verifyAllowToken(token, { jwks, issuer, audience, now, clockToleranceMs })
  if (!read.ok) return refused(read.refusal)
  const { claims, kid } = read.value
  return { exit: 'ok', json: { kid, claims: plain(claims) }, lines: claimLines(claims, kid) }
}

function refused({ code, detail = refusalEntry(code).sentence, meta = {} }: Refusal): Done {
  const json = { code, message: detail, reason: meta['reason'] ?? null }
  return { exit: 'does_not_hold', json, lines: [`BAD (${meta['reason'] ?? code}): ${detail}`] }
}

function claimLines(claims: AllowClaims, kid: string): string[] {
  const rows: [string, string][] = [
    ['for', claims.sub],
    ['audience', claims.aud],
    ['environment', claims.environment ?? 'none'],
    ['tools', claims.tools.join(', ')],
    ['contract', claims.contract_digest],
    ['policy', `${claims.policy_version}, decision ${claims.decision}`],
    ['approvals', String(claims.approvals.length)],
    [
      'obligations',
      claims.obligations.map(({ name, value }) => `${name}=${value}`).join(', ') || 'none',
    ],
    ['until', new Date(claims.exp * 1000).toISOString()],
    ['key', kid],
  ]
  return [
    'Good: signed by the installation. It authorises nothing by itself: redeem does.',
    ...rows.map(([name, value]) => visibleText(`  ${name.padEnd(12)} ${value}`)),
  ]
}
