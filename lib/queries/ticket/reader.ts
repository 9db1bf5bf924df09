import type { Reader } from '#lib/core/policy/describe-requirement'
import { groupLabels } from '../group-labels'
import type { TicketPicture } from './load-ticket'

/** Who reads the page, and what they are told with. Calendars are those of the current policy: they are live. */
export function readerOf(picture: TicketPicture): Reader {
  const { now, zone, policies, organisation, facts, viewerId } = picture
  return {
    now,
    zone,
    groupLabels: groupLabels(policies),
    organisation,
    facts,
    viewer: viewerId,
    calendars: policies.at(-1)?.calendars ?? {},
  }
}
