import type { RiskClass } from '#lib/core/policy/types'
import type { Route, Routing } from '#lib/wire/slack/routing'

/** What a route may ask about. */
export interface Subject {
  tools: readonly string[]
  /** As registered, never as claimed. */
  environment: string | null
  /** Of the policy, those that apply. */
  rules: readonly string[]
  risk: RiskClass
}

/** The channel of the first route that fits, else the default one; null where there is none. */
export function pickChannel(
  routing: Pick<Routing, 'routes' | 'defaultChannel'>,
  subject: Subject,
): string | null {
  const route = routing.routes.find((each) => fits(each, subject))
  return route?.channel ?? routing.defaultChannel
}

function fits(route: Route, { tools, environment, rules, risk }: Subject): boolean {
  const { tools: patterns } = route
  return (
    (patterns === null || tools.some((tool) => patterns.some((one) => covers(one, tool)))) &&
    (route.environments === null ||
      (environment !== null && route.environments.includes(environment))) &&
    (route.rules === null || route.rules.some((rule) => rules.includes(rule))) &&
    (route.risks === null || route.risks.includes(risk))
  )
}

function covers(pattern: string, tool: string): boolean {
  return pattern.endsWith('.*') ? tool.startsWith(pattern.slice(0, -1)) : pattern === tool
}
