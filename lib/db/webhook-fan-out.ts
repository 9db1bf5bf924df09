import { AUDIT_TYPE } from '#lib/core/webhook/events'

const NAMES = Object.entries(AUDIT_TYPE)
  .map(([name, auditType]) => `WHEN '${auditType}' THEN '${name}'`)
  .join(' ')

/**
 * SQL that turns audit entries of requests into the rows of webhook_deliveries that they set off, due at once: one for each
 * enabled endpoint of the caller that subscribed to the type. The columns are, in this order, endpoint_id, event_id, type, request_id, ordinal,
 * at, due_at.
 * @param entries a SELECT of request_id, ordinal, type, at and caller_id; it is put into the statement as it is
 */
export function eventsForEndpoints(entries: string): string {
  return `SELECT w.id AS endpoint_id, 'evt_' || substr(n.request_id, 5) || '_' || n.ordinal AS event_id, n.name AS type, n.request_id,
    n.ordinal, n.at, clock_timestamp() AS due_at
  FROM (SELECT t.*, CASE t.type ${NAMES} ELSE t.type END AS name FROM (${entries}) t) n
  JOIN webhook_endpoints w ON w.caller_id = n.caller_id AND w.state = 'enabled' AND n.name = ANY(w.event_types)`
}
