import { setTimeout as pause } from 'node:timers/promises'
import { type Config, ConfigError, readConfig } from '#lib/config'
import type { Log } from '#lib/log'
import { createRuntime } from '#lib/runtime'
import { createSlackApp, type SlackApp } from './app'
import { createSocketReceiver } from './socket'

const AGAIN_MS = 15_000
const HANG_UP_MS = 5_000

/** The process of Socket Mode: the same app as in the web process, heard over a socket of its own. Ends on SIGTERM. */
async function main(): Promise<void> {
  const { config, appToken, apiUrl } = ownConfig(readConfig())
  const runtime = await createRuntime(config)
  const { log } = runtime
  const app = createSlackApp({
    runtime,
    receiver: createSocketReceiver({ appToken, apiUrl, log }),
  })
  const stopping = new AbortController()
  const stop = async (signal: string) => {
    log.info({ signal }, 'slack draining')
    stopping.abort()
    await Promise.race([app.stop(), pause(HANG_UP_MS)])
    await app.settled()
    await runtime.close()
    log.info('slack stopped')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void stop(signal).then(() => process.exit(0))
    })
  }
  await connect(app, log, stopping.signal)
}

/** This process may have a login of its own, which reads no keys. */
function ownConfig(config: Config): { config: Config; appToken: string; apiUrl: string } {
  const { slack } = config
  if (!slack?.appToken) throw new ConfigError(['SLACK_APP_TOKEN is not set.'])
  return {
    config: { ...config, databaseUrl: slack.databaseUrl ?? config.databaseUrl },
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
  }
}

/** Tries until there is a connection: that Slack cannot be reached now ends nothing. Later Bolt connects again by itself. */
async function connect(app: SlackApp, log: Log, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await app.start()
      log.info('slack ready')
      return
    } catch (error) {
      log.warn({ error }, 'Slack could not be reached over a socket')
      await pause(AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined)
    }
  }
}

await main()
