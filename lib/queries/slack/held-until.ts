/**
 * SQL for when an announcement without a message is tried: the next time at which the oldest open one of its equal asks is
 * looked at. Those behind it go with it.
 * @param requestId SQL for the request
 */
export const HELD_UNTIL = (requestId: string): string => `(SELECT first.next_at
  FROM slack_watches own JOIN slack_watches first ON first.share_key = own.share_key JOIN requests q ON q.id = first.request_id
  WHERE own.request_id = ${requestId} AND q.state = 'open' ORDER BY first.request_id LIMIT 1)`
