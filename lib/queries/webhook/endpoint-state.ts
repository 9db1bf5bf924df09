import type { EndpointStateView } from '#lib/wire/views/webhooks'

export interface EndpointStanding {
  state: string
  stateReason: string | null
  stateAt: Date
  failingSince: Date | null
}

/** The state as people see it, and since when. */
export function endpointState({ state, stateReason, stateAt, failingSince }: EndpointStanding): {
  state: EndpointStateView
  since: string | null
} {
  if (state === 'enabled') {
    return failingSince
      ? { state: 'failing', since: failingSince.toISOString() }
      : { state: 'enabled', since: null }
  }
  return { state: OFF[stateReason ?? ''] ?? 'disabled', since: stateAt.toISOString() }
}

const OFF: Record<string, EndpointStateView> = { failing: 'given_up', gone: 'gone' }

/** The host alone: the rest of an address may hold a secret. */
export function hostOfEndpoint(url: string): string {
  return new URL(url).host
}
