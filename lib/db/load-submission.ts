import type { Sql } from './client'
import type { CallerRow } from './load-held'

/** What a submit needs to know, in one read: the key's caller, the current policy, and whether the run is known. */
export interface SubmissionRows {
  now: number
  caller: CallerRow
  keyCreatedBy: string
  generation: number
  currentPolicyVersion: string | null
  /** People that an unproven `on_behalf_of` may name: they are only ever excluded. */
  onBehalfOfIds: string[]
  known: { id: string; digest: string } | null
  /** Held requests of this caller but the one that is to be superseded; counted no further than the most there may be. */
  openCount: number
  /** Until the caller may submit again, by what it submitted in the last minute; null: now. */
  waitMs: number | null
}

export interface SubmissionInput {
  keyId: string
  runKey: string | null
  policyName: string
  onBehalfOf: string | null
  supersedes: string | null
  /** Most held requests, and most submits a minute, of one caller. */
  limits: { open: number; perMinute: number }
}

/** However a name is written: case, spaces and the forms of Unicode make no other person of it. */
const folded = (text: string) =>
  `lower(normalize(regexp_replace(btrim(${text}), '\\s+', ' ', 'g'), NFKC))`

/**
 * Both counts stop at their limit and walk an index of the caller's requests. They are read before the request is written:
 * submits that are under way at once may pass together, so a limit is exceeded by no more than those.
 */
const LOAD = `
SELECT jsonb_build_object(
  'now', floor(extract(epoch FROM clock_timestamp()) * 1000),
  'caller', to_jsonb(c) - 'created_at',
  'keyCreatedBy', k.created_by_id,
  'generation', (SELECT generation FROM installation WHERE id = 1),
  'currentPolicyVersion', (SELECT version FROM policy_versions WHERE name = $3 ORDER BY ordinal DESC LIMIT 1),
  'onBehalfOfIds', (SELECT coalesce(jsonb_agg(p.id), '[]') FROM people p WHERE $4 <> ''
      AND (p.id = btrim($4) OR ${folded('p.email')} = ${folded('$4')} OR ${folded('p.name')} = ${folded('$4')})),
  'known', (SELECT jsonb_build_object('id', r.id, 'digest', r.contract_digest) FROM requests r
      WHERE r.caller_id = c.id AND r.run_key = $2),
  'openCount', (SELECT count(*) FROM (SELECT 1 FROM requests r
      WHERE r.caller_id = c.id AND r.state = 'open' AND r.id <> $7 LIMIT $5::int) o),
  'waitMs', (SELECT ceil(extract(epoch FROM r.submitted_at + interval '1 minute' - clock_timestamp()) * 1000) FROM requests r
      WHERE r.caller_id = c.id AND r.submitted_at > clock_timestamp() - interval '1 minute'
      ORDER BY r.submitted_at DESC OFFSET $6::int - 1 LIMIT 1)
) AS loaded
FROM api_keys k JOIN callers c ON c.id = k.caller_id
WHERE k.id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())`

/** @returns null when the key is gone */
export async function loadSubmission(
  sql: Sql,
  input: SubmissionInput,
): Promise<SubmissionRows | null> {
  const rows = await sql.$queryRawUnsafe<{ loaded: SubmissionRows }[]>(
    LOAD,
    input.keyId,
    input.runKey,
    input.policyName,
    input.onBehalfOf ?? '',
    input.limits.open,
    input.limits.perMinute,
    input.supersedes ?? '',
  )
  return rows[0]?.loaded ?? null
}
