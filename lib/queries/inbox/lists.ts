import { MOST_SEARCHED } from '#lib/wire/views/inbox'
import { NEEDS_ME } from './needs-me'

/** Released or redeemed, and silent for longer than this, is told. */
export const SILENT = "interval '15 minutes'"

/** The newest of what is closed: what no index finds is looked for there, because the history behind has no end. */
const NEWEST = `(SELECT * FROM requests WHERE state <> 'open' ORDER BY submitted_at DESC, id DESC LIMIT ${MOST_SEARCHED}) r`

/** Of what somebody voted on, the newest: more than a year of many votes a day. */
const MOST_VOTED = 2_000

const OWN_CALLERS = 'SELECT id FROM callers WHERE owner_id = $1'

/** Whether the person `$1` stands behind request `r`: as its owner, as who made its key, or as whom it was asked for. */
export const BEHIND = `(r.caller_id = ANY(ARRAY(${OWN_CALLERS})) OR $1 = ANY(r.requesters)
  OR r.key_id = ANY(ARRAY(SELECT id FROM api_keys WHERE created_by_id = $1)))`

const OPEN = "r.state = 'open'"
const CLOSED = "r.state <> 'open'"

/** Grants that nobody ended, first those that end first; looked up one by one, not looked for among all requests. */
const ofGrants = (where: string) =>
  `${CLOSED} AND r.id = ANY(ARRAY(SELECT request_id FROM grants WHERE ${where} ORDER BY state, ends_at LIMIT ${MOST_SEARCHED}))`

const silent = (state: string, since: string) =>
  ofGrants(`state = '${state}' AND ${since} < clock_timestamp() - ${SILENT}`)

/**
 * Which requests a list holds: the union of its branches, each of which an index can walk in order up to one page. Plans are
 * kept for any values, so a branch has to be cheap by its form, whatever the planner thinks of how much it holds.
 */
export interface Branch {
  where: string
  /** Where requests `r` come from, and where they do while something is searched for; null: another branch has them then. */
  from: string
  searched: string | null
  /** Ids that are looked at one by one, as `one.id`: each up to a page of its own. */
  each?: string
}

const ALL = 'requests r'
const bounded = (where: string): Branch => ({ where, from: ALL, searched: ALL })
const history = (where: string): Branch => ({ where, from: ALL, searched: NEWEST })
const newest = (where: string): Branch => ({ where, from: NEWEST, searched: NEWEST })

export const LISTS = {
  needs_me: [bounded(NEEDS_ME)],
  others: [bounded(`${OPEN} AND NOT (${NEEDS_ME})`)],
  // What a caller of theirs asked and what they voted on has indexes; what they stand behind otherwise is looked for in
  // what is open and in the newest of what is closed.
  mine: [
    bounded(`${OPEN} AND ${BEHIND}`),
    { where: `${CLOSED} AND r.caller_id = one.id`, from: ALL, searched: null, each: OWN_CALLERS },
    newest(BEHIND),
    bounded(`r.id = ANY(ARRAY(SELECT request_id FROM votes WHERE person_id = $1
      ORDER BY request_id DESC LIMIT ${MOST_VOTED}))`),
  ],
  ready: [
    bounded(`r.state = 'released' AND ${ofGrants("state IN ('ready', 'collected', 'redeemed')")}`),
  ],
  never_collected: [bounded(silent('ready', 'created_at'))],
  never_reported: [bounded(silent('redeemed', 'redeemed_at'))],
  closed: [history(CLOSED)],
  closed_today: [bounded(`${CLOSED} AND r.closed_at > now() - interval '24 hours'`)],
  all: [bounded(OPEN), history(CLOSED)],
} as const satisfies Record<string, readonly Branch[]>

export type ListName = keyof typeof LISTS
