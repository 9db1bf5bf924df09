import { DAY_MS, MINUTE_MS } from '#lib/core/durations'
import { linkedUser } from '#lib/db/slack-announcements'
import type { SlackAnswer } from '#lib/notify/slack/answer'
import { accountNews } from '#lib/notify/slack/blocks/account-news'
import type { SlackApi } from '#lib/notify/slack/web-api'
import { currentRouting } from '#lib/queries/slack/current-routing'
import type { Runtime } from '#lib/runtime'
import { linkOfCallerNews } from '#lib/wire/caller-news'
import { attemptsAfter, setbackOf } from '../slack/delivery/send-failure'

interface Due {
  id: string
  personId: string
  audience: 'person' | 'alerts'
  text: string
  attempts: number
  /** The audit entry it tells of, when that is about a caller; null: it is about the account. */
  callerBody: unknown
}

/** Nobody is sent anything, and nothing more is tried. */
type Outcome = { kind: 'none'; why: string } | { kind: 'tried'; answer: SlackAnswer<unknown> }

const AT_ONCE = 20
/** Longer than the calls for one announcement may take; renewed for each. A sender that died holds one up for no longer. */
const LEASE_MS = MINUTE_MS
/** What Slack could not be told by then is old: it stands in the console. */
const KEPT_FOR_MS = 7 * DAY_MS

/**
 * Tells in Slack what happened to people's accounts: the person directly, and the alerts channel what it is for. Each by one
 * sender at a time, however many workers there are; what Slack does not take stays due, with why. The console shows it anyway.
 * @returns how many Slack took
 */
export async function sendAnnouncements(runtime: Runtime): Promise<number> {
  const { db, slack } = runtime
  await forgetOld(runtime)
  if (slack === null) return 0
  let sentCount = 0
  for (let turn = 0; turn < AT_ONCE; turn++) {
    const [due] = await db.$queryRawUnsafe<Due[]>(TAKE)
    if (!due) return sentCount
    const outcome = await send(runtime, slack, due)
    if (outcome.kind === 'tried' && outcome.answer.ok) sentCount++
    if (await save(runtime, due, outcome)) return sentCount
  }
  return sentCount
}

const TAKE = `
UPDATE announcements SET lease_until = clock_timestamp() + interval '${LEASE_MS} milliseconds'
WHERE id = (
  SELECT id FROM announcements
  WHERE due_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until <= clock_timestamp())
  ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, person_id AS "personId", audience, text, attempts,
  (SELECT e.body FROM events e WHERE e.seq = announcements.event_seq AND e.stream LIKE 'caller:%') AS "callerBody"`

async function forgetOld({ db, now }: Runtime): Promise<void> {
  await db.announcement.updateMany({
    where: { dueAt: { not: null }, createdAt: { lte: new Date(now() - KEPT_FOR_MS) } },
    data: { dueAt: null, why: 'Slack could not be told within a week.' },
  })
}

async function send(
  { db, config, installation }: Runtime,
  slack: SlackApi,
  { audience, personId, text, callerBody }: Due,
): Promise<Outcome> {
  const content = accountNews({
    audience,
    aboutCaller: callerBody === null ? null : { link: linkOfCallerNews(callerBody) },
    text,
    publicUrl: config.publicUrl,
    organisation: installation.name,
  })
  if (audience === 'alerts') {
    const channel = (await currentRouting(db))?.alertsChannel ?? null
    if (channel === null) return { kind: 'none', why: 'The routing names no alerts channel.' }
    return { kind: 'tried', answer: await slack.post({ channel, content }) }
  }
  const userId = await linkedUser(db, personId)
  if (userId === null) return { kind: 'none', why: 'No Slack user is linked.' }
  const direct = await slack.openDirect(userId)
  if (!direct.ok) return { kind: 'tried', answer: direct }
  return { kind: 'tried', answer: await slack.post({ channel: direct.value.channel, content }) }
}

/** @returns whether the others would meet the same trouble now */
async function save({ db, now }: Runtime, due: Due, outcome: Outcome): Promise<boolean> {
  const where = { id: due.id }
  const done = { dueAt: null, leaseUntil: null }
  if (outcome.kind === 'none') {
    await db.announcement.update({ where, data: { ...done, why: outcome.why } })
    return false
  }
  if (outcome.answer.ok) {
    await db.announcement.update({ where, data: { ...done, sentAt: new Date(now()), why: null } })
    return false
  }
  const { attempts } = due
  const setback = setbackOf(outcome.answer, { attempts, isPosted: false })
  const retryAt = setback.retryInMs === null ? null : new Date(now() + setback.retryInMs)
  await db.announcement.update({
    where,
    data: {
      dueAt: retryAt,
      leaseUntil: null,
      attempts: attemptsAfter(setback, attempts),
      why: setback.why,
    },
  })
  return setback.concernsAll
}
