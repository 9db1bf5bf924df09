import type { JSONWebKeySet, JWK } from 'jose'
import { isJsonObject, type JsonObject } from '../contract/json'
import type { VerifyExportOptions } from './export-check'
import { type BadEntry, faultAt } from './fault'
import { createGrantCheck } from './grant-check'
import { createTokenCheck, type TokenReport } from './token-check'
import { type ExportSummary, verifyExport } from './verify-export'
import type { VoteReport } from './vote-report'
import { createVoteVerifier } from './vote-verifier'

export type VerifyTrailOptions = Pick<
  VerifyExportOptions,
  'trustedVerifiers' | 'trustedCheckpoint'
> & {
  /** An allow token that was kept (JWS compact): it must be one of a request in the export. */
  token?: string
  /** Keys of tokens as the auditor knows them; those in the file are believed without. */
  trustedJwks?: JSONWebKeySet
}

export type TrailCheck =
  | {
      ok: true
      summary: ExportSummary
      /** At most MOST_VOTES of them, in the order of the export; of a record all that it can hold. */
      votes: VoteReport[]
      token: TokenReport | null
    }
  | { ok: false; bad: BadEntry }

/** Votes told one by one; a whole export of years may hold millions, and they are counted in the summary. */
export const MOST_VOTES = 1_000

/**
 * Verifies an export or the record of one request offline, whole: chains, log, checkpoints, documents, votes, the use of
 * grants and, when given, an allow token.
 * @returns what holds, vote by vote, or the first thing that does not
 */
export async function verifyTrail(
  lines: Iterable<string> | AsyncIterable<string>,
  { token, trustedJwks, ...options }: VerifyTrailOptions = {},
): Promise<TrailCheck> {
  const votes: VoteReport[] = []
  const checkVote = createVoteVerifier((vote) => {
    if (votes.length < MOST_VOTES) votes.push(vote)
  })
  const checkGrant = createGrantCheck()
  const checkToken = token === undefined ? undefined : createTokenCheck(token)
  const check = await verifyExport(lines, {
    ...options,
    verifyVote: (entry, beside) => {
      checkToken?.see(entry)
      const invalid = checkGrant(entry)
      return invalid === undefined ? checkVote(entry, beside) : { invalid, fault: 'token' }
    },
  })
  if (!check.ok || checkToken === undefined)
    return check.ok ? { ...check, votes, token: null } : check
  const { header } = check.summary
  const jwks = trustedJwks ?? keysOf(header.jwks)
  const outcome = await checkToken.finish({ jwks, issuer: header.issuer }, votes)
  return outcome.ok
    ? { ...check, votes, token: outcome.token }
    : { ok: false, bad: faultAt('token', outcome.detail) }
}

/** The file's own keys are JSON and no more; each is looked at when a token names it. */
function keysOf({ keys }: JsonObject): JSONWebKeySet {
  return { keys: Array.isArray(keys) ? (keys.filter(isJsonObject) as unknown as JWK[]) : [] }
}
