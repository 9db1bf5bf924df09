import type { SlackApi } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'

/** What every listener is given. */
export interface ListenerDeps {
  runtime: Runtime
  slack: SlackApi
}
