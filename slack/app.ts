import { App, LogLevel, type Receiver } from '@slack/bolt'
import type { Runtime } from '#lib/runtime'
import type { Body } from './delivery'
import type { SlackDeps } from './deps'
import { type Gate, openGate } from './gate'
import { registerListeners } from './listeners/register-listeners'
import { boltLogger } from './logger'
import { tellNotTaken } from './not-taken'
import { register as registerRemoved } from './removed'

export interface SlackAppOptions {
  runtime: Runtime
  receiver: Receiver
  /** Where listeners come from. */
  register?: (app: App, deps: SlackDeps) => void
}

/**
 * The Slack app, whichever way deliveries come in. In every listener `await ack(…)` answers Slack at once and comes back
 * when the delivery may be worked on: it is new, from our workspace, and from somebody who belongs there. For everything
 * else it throws, and whoever clicked is told.
 *
 * @throws where Slack is not configured
 */
export function createSlackApp({ runtime, receiver, register }: SlackAppOptions): SlackApp {
  const { slack, log } = runtime
  if (slack === null) throw new Error('Slack is not configured')
  const gate = openGate({ runtime, slack })
  const app = new SlackApp(
    {
      receiver,
      // No token: our own client speaks to Slack, so Bolt never holds one.
      authorize: () => {
        const workspace = slack.knownWorkspace()
        return Promise.resolve(workspace ? { botUserId: workspace.botUserId } : {})
      },
      logger: boltLogger(log),
      logLevel: LogLevel.WARN,
      convoStore: false,
      ignoreSelf: true,
      extendedErrorHandler: true,
    },
    gate,
    (body, error) => tellNotTaken({ slack, log }, body, error),
  )
  const onError = async ({ error, body }: { error: Error; body: object }) =>
    await tellNotTaken({ slack, log }, { ...body }, error)
  app.error(onError)
  const deps = { runtime, slack }
  registerRemoved(app, deps)
  const registerOthers = register ?? registerListeners
  registerOthers(app, deps)
  return app
}

type AppOptions = ConstructorParameters<typeof App>[0]
type ReceiverEvent = Parameters<App['processEvent']>[0]

export class SlackApp extends App {
  readonly #running = new Set<Promise<void>>()
  readonly #gate: Gate
  readonly #tell: (body: Body, error: unknown) => Promise<void>

  constructor(
    options: AppOptions,
    gate: Gate,
    tell: (body: Body, error: unknown) => Promise<void>,
  ) {
    super(options)
    this.#gate = gate
    this.#tell = tell
  }

  /** Resolves once everything that was acknowledged is done. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const work = this.#process(event)
    this.#running.add(work)
    try {
      await work
    } finally {
      this.#running.delete(work)
    }
  }

  async #process(event: ReceiverEvent): Promise<void> {
    let answered: Promise<void> | null = null
    let entered: Promise<void> | null = null
    const ack: ReceiverEvent['ack'] = async (response) => {
      answered ??= event.ack(response)
      await answered
      entered ??= this.#gate(event)
      await entered
    }
    try {
      await super.processEvent({ ...event, ack })
    } catch (error) {
      await this.#tell(event.body, error)
    }
    // Nobody listens to this button or event: that is no fault.
    if (answered === null) await event.ack()
  }
}
