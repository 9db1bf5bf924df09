import { z } from 'zod'

/** What every kind of delivery says of where it comes from; Slack words it differently in each. */
export interface Sender {
  appId: string | null
  teamId: string | null
  enterpriseId: string
  /** Null for events that nobody caused, such as the removal of the app. */
  userId: string | null
  /** Where the user is at home, if Slack says. */
  userTeamId: string | null
  isEnterpriseWide: boolean
}

export type Body = Record<string, unknown>

const text = z.string().min(1)
/** The installation that an event is for: in a shared channel, the members above it may be those of whoever caused it. */
const authorization = z.object({
  team_id: text.nullish(),
  enterprise_id: text.nullish(),
  is_enterprise_install: z.boolean().nullish(),
})
const about = z.object({
  api_app_id: text.optional(),
  is_enterprise_install: z.union([z.boolean(), z.string()]).optional(),
  team_id: text.optional(),
  team: z.object({ id: text }).nullish(),
  enterprise_id: text.nullish(),
  enterprise: z.object({ id: text }).nullish(),
  user_id: text.optional(),
  user: z.object({ id: text, team_id: text.nullish() }).optional(),
  event: z.looseObject({ type: text, user: text.optional() }).optional(),
  authorizations: z.array(authorization).optional(),
})

/** Reads what all bodies have in common: clicks and forms, commands, events. Null for a body that is none of them. */
export function senderOf(body: Body): Sender | null {
  const parsed = about.safeParse(body)
  if (!parsed.success) return null
  const { team, team_id, enterprise, enterprise_id, user, user_id, event } = parsed.data
  const installed = event && parsed.data.authorizations?.[0]
  const isWide = installed?.is_enterprise_install ?? parsed.data.is_enterprise_install
  return {
    appId: parsed.data.api_app_id ?? null,
    teamId: team?.id ?? installed?.team_id ?? team_id ?? null,
    enterpriseId: enterprise?.id ?? installed?.enterprise_id ?? enterprise_id ?? '',
    userId: user?.id ?? user_id ?? event?.user ?? null,
    userTeamId: user?.team_id ?? null,
    isEnterpriseWide: isWide === true || isWide === 'true',
  }
}

/** Slack sends an event again with a new signature, so its own id is what tells it. */
export function deliveryId(body: Body, otherwise: string): string {
  return typeof body['event_id'] === 'string' ? `event:${body['event_id']}` : otherwise
}

/** Whether an event is from a channel that other organisations read too (Slack Connect). */
export function isSharedOutside(body: object): boolean {
  return 'is_ext_shared_channel' in body && body.is_ext_shared_channel === true
}

/** Where a delivery is answered for half an hour after it came; null for those that have no such address. */
export function responseUrlOf(body: Body): string | null {
  return typeof body['response_url'] === 'string' ? body['response_url'] : null
}
