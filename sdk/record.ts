import {
  type TrailCheck,
  type VerifyTrailOptions,
  verifyTrail,
} from '../lib/core/audit/verify-trail'

/**
 * Verifies the record of a request, or any export of the audit trail, offline: line by line, without an installation.
 * @param lines of the file, split at newlines and at nothing else, without what follows the last one
 * @returns what holds, vote by vote, or the first thing that does not
 */
export function verifyRecord(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VerifyTrailOptions = {},
): Promise<TrailCheck> {
  return verifyTrail(lines, options)
}
