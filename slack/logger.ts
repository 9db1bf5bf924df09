import type { Logger } from '@slack/bolt'
import { LogLevel } from '@slack/bolt'
import type { Log } from '#lib/log'

/** Bolt's log into ours, which takes secrets out. What Bolt says below a warning holds whole bodies, and is dropped. */
export function boltLogger(log: Log): Logger {
  const words = (parts: unknown[]) => parts.map(String).join(' ')
  const nothing = () => undefined
  return {
    debug: nothing,
    info: nothing,
    warn: (...parts) => log.warn({ bolt: words(parts) }, 'Bolt warns'),
    error: (...parts) => log.error({ bolt: words(parts) }, 'Bolt reports an error'),
    setLevel: nothing,
    getLevel: () => LogLevel.WARN,
    setName: nothing,
  }
}
