import { timingSafeEqual } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Hono } from 'hono'
import { secretHash } from '#lib/auth/secret-hash'
import { readStanding, type Standing } from '#lib/queries/metrics'
import { createDepthReader } from '#lib/queue/depth-reader'
import type { QueueDepth, QueueName } from '#lib/queue/types'
import type { ApiContext } from './call'
import type { CallerStreams } from './caller-streams'
import { problemResponse } from './problem'

interface Metric {
  name: string
  help: string
  /** One without labels, by the label's value, or with labels of its own each. */
  value: number | { label: string; values: Record<string, number> } | Labelled[]
}

interface Labelled {
  labels: Record<string, string>
  value: number
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8'
const NS_PER_SECOND = 1e9

/** `GET /metrics` for Prometheus, for whoever has METRICS_TOKEN. Without one there is no such address. */
export function metrics(app: Hono, context: ApiContext & { streams: CallerStreams }): void {
  const { runtime, listener } = context
  const { metricsToken } = runtime.config
  if (metricsToken === null) return
  const depths = createDepthReader(runtime.config, runtime.log)
  listener.closed.addEventListener('abort', () => void depths.close(), { once: true })
  const delay = monitorEventLoopDelay()
  delay.enable()
  app.get('/metrics', async (c) => {
    const given = /^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if (!isSame(given, metricsToken)) return problemResponse({ code: 'unauthenticated' })
    const lag = { mean: delay.mean / NS_PER_SECOND, p99: delay.percentile(99) / NS_PER_SECOND }
    delay.reset()
    const [standing, depth] = await Promise.all([readStanding(runtime), depths.read()])
    const told = [...ofDatabase(standing), ...ofQueues(depth), ...ofProcess(context, lag)]
    c.header('cache-control', 'no-store')
    return c.body(told.map(textOf).join(''), 200, { 'content-type': TEXT_FORMAT })
  })
}

function ofDatabase(standing: Standing): Metric[] {
  const { outbox, webhooks } = standing
  return [
    {
      name: 'requests_held',
      help: 'Requests that wait for people, policy or time.',
      value: standing.held,
    },
    {
      name: 'requests_unevaluated',
      help: 'Held requests with input that no worker has evaluated yet.',
      value: standing.unevaluated,
    },
    {
      name: 'grants',
      help: 'Grants that are not at their end: released, collected, redeemed and not reported.',
      value: {
        label: 'state',
        values: { ready: 0, collected: 0, redeemed: 0, ...standing.grants },
      },
    },
    { name: 'outbox_waiting', help: 'Wake-ups not carried out yet.', value: outbox.waiting },
    {
      name: 'outbox_oldest_seconds',
      help: 'Age of the oldest of them. Above a minute the queue or every worker is down.',
      value: outbox.oldestSeconds,
    },
    {
      name: 'webhook_deliveries_due',
      help: 'Deliveries that are to be sent, now or at a later try.',
      value: webhooks.due,
    },
    {
      name: 'webhook_deliveries_late',
      help: 'Deliveries that should have been sent a minute ago.',
      value: webhooks.late,
    },
    {
      name: 'webhook_endpoints_failing',
      help: 'Enabled endpoints whose last attempt failed.',
      value: webhooks.failingEndpoints,
    },
    {
      name: 'audit_unsealed',
      help: 'Audit entries that are not in the log yet.',
      value: standing.unsealed,
    },
  ]
}

/** Jobs are wake-ups: what matters stands in the database, and is offered again when a queue lost it. */
function ofQueues(depth: Record<QueueName, QueueDepth> | null): Metric[] {
  const up: Metric = {
    name: 'queue_up',
    help: 'Whether the server behind the queue can be asked: 1 or 0.',
    value: depth === null ? 0 : 1,
  }
  if (depth === null) return [up]
  const jobs = Object.entries(depth).flatMap(([queue, counts]) =>
    Object.entries(counts).map(([state, value]) => ({ labels: { queue, state }, value })),
  )
  const help =
    'Jobs by queue and state: waiting, active, delayed (another try), failed (dead letters).'
  return [up, { name: 'queue_jobs', help, value: jobs }]
}

function ofProcess(
  { listener, streams }: { listener: ApiContext['listener']; streams: CallerStreams },
  lag: { mean: number; p99: number },
): Metric[] {
  const { rss, heapUsed } = process.memoryUsage()
  return [
    {
      name: 'long_polls_waiting',
      help: 'Callers that wait for a decision in this process.',
      value: listener.waitingCount(),
    },
    {
      name: 'event_streams_open',
      help: 'Streams of callers in this process.',
      value: streams.count(),
    },
    {
      name: 'process_memory_bytes',
      help: 'Memory of this process.',
      value: { label: 'kind', values: { resident: rss, heap: heapUsed } },
    },
    {
      name: 'event_loop_delay_seconds',
      help: 'How late timers ran in this process since the last scrape.',
      // Nothing was measured yet right after a reset.
      value: {
        label: 'quantile',
        values: { mean: Number.isNaN(lag.mean) ? 0 : lag.mean, p99: lag.p99 },
      },
    },
    {
      name: 'process_uptime_seconds',
      help: 'Since this process started.',
      value: process.uptime(),
    },
  ]
}

function textOf({ name, help, value }: Metric): string {
  const full = `countersign_${name}`
  const samples = samplesOf(value).map((sample) => `${full}${labelText(sample)} ${sample.value}`)
  return [`# HELP ${full} ${help}`, `# TYPE ${full} gauge`, ...samples, ''].join('\n')
}

function samplesOf(value: Metric['value']): Labelled[] {
  if (typeof value === 'number') return [{ labels: {}, value }]
  if (Array.isArray(value)) return value
  return Object.entries(value.values).map(([of, number]) => ({
    labels: { [value.label]: of },
    value: number,
  }))
}

function labelText({ labels }: Labelled): string {
  const pairs = Object.entries(labels).map(([label, of]) => `${label}="${of}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** By their hashes, which have one length: how much of it fits is not told by time. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(secretHash(given)), Buffer.from(secretHash(expected)))
}
