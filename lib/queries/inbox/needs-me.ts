/**
 * Whether an open request `r` waits for the person `$1`: they are in a group whose vote is missing, they are
 * not behind the request, and no vote of theirs counts towards it, or something came since that asks them to confirm. A
 * vote that the worker has not looked at yet is not asked for again. What is known of the person is read once, not once a
 * request. `OFFSET 0` has each request's votes looked up: else a plan may gather all that the person ever cast.
 */
export const NEEDS_ME = `
r.state = 'open'
AND r.waiting_groups && ARRAY(SELECT group_name FROM group_members
      WHERE person_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp()))
AND NOT ($1 = ANY(r.requesters)) AND r.caller_id <> ALL (ARRAY(SELECT id FROM callers WHERE owner_id = $1))
AND r.key_id <> ALL (ARRAY(SELECT id FROM api_keys WHERE created_by_id = $1))
AND (NOT EXISTS (SELECT 1 FROM votes v WHERE v.request_id = r.id AND v.person_id = $1 AND v.ended_at IS NULL OFFSET 0)
  OR r.requirements @? '$[*] ? (@.state == "to_confirm")'
  OR NOT EXISTS (SELECT 1 FROM votes v WHERE v.request_id = r.id AND v.person_id = $1 AND v.ended_at IS NULL
      AND (r.evaluated_seq < r.input_seq OR jsonb_path_exists(r.requirements,
        '$[*].progress.countedVotes[*] ? (@ == $vote)', jsonb_build_object('vote', v.id))) OFFSET 0))`
