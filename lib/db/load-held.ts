import type { Sql, Tx } from './client'
import type { AnswerRow, EvidenceRow, GrantRow, RequestRow, VoteRow } from './rows'

/** Everything a command needs to know about one request, read in one statement after its row was locked. */
export interface HeldRows {
  /** Epoch ms by the database's clock, read after the lock was had. */
  now: number
  /** The contract itself is read out of `hashed`, the text that people were shown. */
  request: Omit<RequestRow, 'contract'>
  /** Live ones only. */
  votes: VoteRow[]
  evidence: Omit<EvidenceRow, 'body'>[]
  grant: GrantRow | null
  caller: CallerRow
  keyCreatedBy: string
  /** Latest answer of each decision point. */
  answers: AnswerRow[]
  /** End of the request's audit stream. */
  head: { ordinal: number; hash: string } | null
  generation: number
  /** Of the document that the request was pinned to a version of. */
  currentPolicyVersion: string | null
  people: Record<string, { name: string; active: boolean; roles: string[] }>
  groups: Record<string, { person: string; expires_at: string | null }[]>
}

export interface CallerRow {
  id: string
  name: string
  kind: string
  owner_id: string
  roles: string[]
  environments: string[]
  audience: string
  active: boolean
}

/** Held shared by everything that releases or redeems, exclusively by everything that tightens (publish, deactivate, …). */
export const TIGHTEN_LOCK = 4_271_001

/**
 * Locks the request's row until the transaction ends. In a statement of its own: reads in the same statement would
 * still see what was committed before the lock was granted.
 * @returns false when there is no such request
 */
export async function lockRequest(tx: Tx, requestId: string): Promise<boolean> {
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
    `WITH gate AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${TIGHTEN_LOCK}) AS held)
     SELECT r.id FROM requests r, (SELECT count(held::text) FROM gate) g WHERE r.id = $1 FOR UPDATE OF r`,
    requestId,
  )
  return rows.length > 0
}

const LOAD = `
SELECT jsonb_build_object(
  'now', floor(extract(epoch FROM clock_timestamp()) * 1000),
  'request', to_jsonb(r) - 'contract',
  'votes', (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.at, v.id), '[]') FROM votes v WHERE v.request_id = r.id AND v.ended_at IS NULL),
  'evidence', (SELECT coalesce(jsonb_agg(to_jsonb(e) - 'body' ORDER BY e.at, e.id), '[]') FROM evidence e WHERE e.request_id = r.id),
  'grant', (SELECT to_jsonb(g) FROM grants g WHERE g.request_id = r.id),
  'caller', to_jsonb(c) - 'created_at',
  'keyCreatedBy', k.created_by_id,
  'answers', (SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') FROM (
      SELECT DISTINCT ON (name) * FROM decision_answers WHERE request_id = r.id ORDER BY name, at DESC) a),
  'head', (SELECT jsonb_build_object('ordinal', ev.ordinal, 'hash', ev.hash) FROM events ev
      WHERE ev.stream = 'request:' || r.id ORDER BY ev.ordinal DESC LIMIT 1),
  'generation', (SELECT generation FROM installation WHERE id = 1),
  'currentPolicyVersion', (SELECT version FROM policy_versions
      WHERE name = split_part(r.policy_version, '@', 1) ORDER BY ordinal DESC LIMIT 1),
  'groups', (SELECT coalesce(jsonb_object_agg(group_name, members), '{}') FROM (
      SELECT group_name, jsonb_agg(jsonb_build_object('person', person_id, 'expires_at', expires_at) ORDER BY person_id) AS members
      FROM group_members WHERE group_name = ANY($2::text[]) GROUP BY group_name) m),
  'people', (SELECT coalesce(jsonb_object_agg(p.id, jsonb_build_object('name', p.name, 'active', p.active, 'roles', p.roles)), '{}')
      FROM people p WHERE p.id IN (
        SELECT person_id FROM group_members WHERE group_name = ANY($2::text[])
        UNION SELECT person_id FROM votes WHERE request_id = r.id
        UNION SELECT unnest(r.requesters || ARRAY[c.owner_id, k.created_by_id, $3])))
) AS held
FROM requests r JOIN callers c ON c.id = r.caller_id JOIN api_keys k ON k.id = r.key_id WHERE r.id = $1`

export interface LoadInput {
  requestId: string
  groupNames: string[]
  /** A person to load although nothing on the ticket names them yet: who acts now. */
  actingPersonId?: string | null
}

/** @returns null when there is no such request */
export async function loadHeld(sql: Sql, input: LoadInput): Promise<HeldRows | null> {
  const rows = await sql.$queryRawUnsafe<{ held: HeldRows }[]>(
    LOAD,
    input.requestId,
    input.groupNames,
    input.actingPersonId ?? '',
  )
  return rows[0]?.held ?? null
}
