import { Agent, get, type IncomingMessage } from 'node:http'
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { Countersign } from '../sdk/index'
import { signIn } from './console/sign-in'
import { ms, share } from './times'
import { computed, kib, METRICS_TOKEN, mib, webUsage } from './web-usage'
import { type Running, withProduct } from './with-product'

/**
 * Open pages of the console: 500 streams on one web process of the built product, what each takes, and how long after a change
 * was asked for each page, and the last of them, hears of it. `npm run bench:streams`, `-- --count 2000` for another number.
 */
const COUNT = Number(process.argv[process.argv.indexOf('--count') + 1] ?? '') || 500
const CHANGES = 40
/** The first pages make the process compile what it needs for the others. */
const WARM_UP = 50
const AT_ONCE = 50
const IDLE_MS = 5_000
const LATEST_MS = 10_000

interface Page {
  /** Resolves with the moment at which the page heard of the request. */
  heard: (requestId: string) => Promise<number>
}

async function main(): Promise<void> {
  await withProduct({ METRICS_TOKEN }, async (running) => {
    const { runtime, demo } = running
    const { cookie } = await signIn(runtime, demo.approver.id)
    const url = new URL('/api/events', runtime.config.publicUrl)
    const agent = new Countersign({ url: runtime.config.publicUrl, agentKey: demo.agentKey })
    const held: string[] = []
    for (let nr = 0; nr < CHANGES; nr++) {
      held.push((await agent.request(SEED_CONTRACT)).request_id)
    }
    await openAll(url, cookie, WARM_UP)
    const open = () => openAll(url, cookie, COUNT)
    await measure(running, { open, change: held, by: (id) => agent.cancel(id) })
  })
}

interface Doing {
  open: () => Promise<Page[]>
  /** Held requests, each changed once while the pages are open. */
  change: string[]
  by: (requestId: string) => Promise<unknown>
}

async function measure(running: Running, { open, change, by }: Doing): Promise<void> {
  const load = loadavg()[0] ?? 0
  const before = await webUsage(running)
  const pages = await open()
  const opened = await webUsage(running)
  await pause(IDLE_MS)
  const idle = await webUsage(running)
  const all: number[] = []
  const last: number[] = []
  for (const requestId of change) {
    const heard = pages.map((page) => page.heard(requestId))
    const from = performance.now()
    await by(requestId)
    const times = (await Promise.all(heard)).map((at) => Math.max(0, at - from))
    all.push(...times)
    last.push(Math.max(...times))
  }
  const after = await webUsage(running)
  console.table({
    'streams on one web process': COUNT,
    'memory of a stream, resident': kib((opened.residentBytes - before.residentBytes) / COUNT),
    'web process, resident': mib(opened.residentBytes),
    'processor while nothing happens': `${((computed(opened, idle) / IDLE_MS) * 100).toFixed(1)} %`,
    'from the cancel to a page: p50, p99': spread(all),
    'to the last page: p50, p99': spread(last),
    'processor for a cancel, told to all': ms(computed(idle, after) / CHANGES),
    'load of the machine before': load.toFixed(1),
  })
}

async function openAll(url: URL, cookie: string, count: number): Promise<Page[]> {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
  const pages: Page[] = []
  while (pages.length < count) {
    const some = Math.min(AT_ONCE, count - pages.length)
    pages.push(
      ...(await Promise.all(Array.from({ length: some }, () => openPage(url, cookie, agent)))),
    )
  }
  return pages
}

/** Resolves once the stream has begun. */
function openPage(url: URL, cookie: string, agent: Agent): Promise<Page> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, accept: 'text/event-stream' }
    const request = get(url, { agent, headers }, (answer) => {
      if (answer.statusCode === 200) resolve(pageOf(answer))
      else reject(new Error(`The stream answered ${answer.statusCode}`))
    })
    request.on('error', reject)
  })
}

function pageOf(answer: IncomingMessage): Page {
  const waiting = new Map<string, (at: number) => void>()
  let rest = ''
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const id = line.startsWith('data: ') ? line.slice('data: '.length) : ''
      waiting.get(id)?.(performance.now())
      waiting.delete(id)
    }
  })
  return {
    heard: (requestId) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('A page was not told')), LATEST_MS)
        waiting.set(requestId, (at) => {
          clearTimeout(late)
          resolve(at)
        })
      }),
  }
}

function spread(times: number[]): string {
  return `${ms(share(times, 0.5))}, ${ms(share(times, 0.99))}`
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
