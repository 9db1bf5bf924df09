import type { SlackApi } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'

/** What every listener is given. */
export interface SlackDeps {
  runtime: Runtime
  slack: SlackApi
}
