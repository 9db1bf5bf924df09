import type { QueueDesk } from '#lib/queue/queue-desk'
import type { OpenApiDocument } from '#lib/wire/openapi'
import type { Listener, Runtime } from './runtime'

/** What pages and route handlers of the web process share with its API. */
export interface Web {
  runtime: Runtime
  listener: Listener
  /** Aborts when the process drains: answers that go on end now. */
  stopping: AbortSignal
  /** The queues, for whoever looks after them. */
  queues: QueueDesk
  /** What the callers' API says of itself, for the page that shows it. */
  apiDocument: OpenApiDocument
}

const slot = globalThis as { countersignWeb?: Web }

/** Called once by server.ts. Next bundles its own copy of lib/, so it is kept where both copies look. */
export function setWeb(web: Web): void {
  slot.countersignWeb = web
}

/** @throws when a page is asked for outside server.ts */
export function getWeb(): Web {
  if (!slot.countersignWeb) throw new Error('The web process is started by server.ts')
  return slot.countersignWeb
}
