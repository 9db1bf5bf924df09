import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type SignedIn, verifySession } from '../lib/auth/session'
import { pageView } from '../lib/queries/page-view'
import { createRuntime, type Runtime } from '../lib/runtime'
import { firstStart } from '../scripts/first-start'
import { freePort } from '../scripts/free-port'
import { startProduct } from '../scripts/run/product'
import { type PgProxy, startPgProxy } from '../test/pg-proxy'
import { type PageCase, pageCases } from './console/cases'
import {
  type Asking,
  askPage,
  median,
  type Sample,
  spread,
  timed,
  timedCpu,
} from './console/measure'
import { FULL_RECORD_SHARE, type Seeded, seedHistory, seedWorld } from './console/seed'
import { signIn } from './console/sign-in'

/**
 * Pages of the console with a short and a long history, in one run against the built product on an own embedded
 * PostgreSQL: time as a browser sees it, time of the reads alone, round trips and bytes. `npm run bench:console`, add
 * `-- --quick` for 50,000 requests instead of 1,000,000. It judges nothing: times depend on the machine. With
 * `--data <folder>` what was seeded stays there, and a later run with the same folder measures it again at once.
 */
const isQuick = process.argv.includes('--quick')
const SHORT = 1_000
const LONG = Number(valueAfter('--requests') ?? (isQuick ? 50_000 : 1_000_000))
const COUNT = Number(valueAfter('--count') ?? (isQuick ? 20 : 40))
/** Cases by name, such as `--only 'today|ticket'`. */
const ONLY = new RegExp(valueAfter('--only') ?? '')
/** Where the database stays, and is found again. */
const DATA = valueAfter('--data')

interface Measured {
  page: PageCase
  one: Sample
  /** Only with the long history. */
  four: Sample | null
  /** What the web process computed for one page, in milliseconds; null where the system does not tell. */
  cpuMs: number | null
  reads: Sample
  roundTrips: number
}

interface Bench {
  db: pg.Client
  runtime: Runtime
  /** The same, through a wire that counts. */
  counted: { runtime: Runtime; proxy: PgProxy }
  viewer: SignedIn
  asking: Asking
  seeded: Seeded
  webPid: number | undefined
}

async function main(): Promise<void> {
  const folder = await dataFolder()
  const kept = await keptSeed(folder)
  const port = kept?.port ?? (await freePort())
  const env = {
    ...process.env,
    COUNTERSIGN_DATA: folder,
    PORT: String(port),
    LOG_LEVEL: 'error',
  }
  const product = await startProduct({
    env,
    ...(kept === null && { seed: firstStart }),
    tell: console.error,
  })
  const runtime = await createRuntime({ ...product.config, logLevel: 'error' })
  const proxy = await startPgProxy(product.config.databaseUrl)
  const counted = await createRuntime({ ...runtime.config, databaseUrl: proxy.url })
  const db = new pg.Client({ connectionString: product.config.migrationDatabaseUrl })
  try {
    await db.connect()
    const seeded = kept?.seeded ?? (await seedWorld(db))
    const { viewer, cookie } = await signIn(runtime, seeded.viewerId)
    const asking = { url: runtime.config.publicUrl, cookie }
    const webPid = product.web.pid()
    const through = { runtime: counted, proxy }
    const bench = { db, runtime, counted: through, viewer, asking, seeded, webPid }
    if (kept === null) await seedAndMeasure(bench, folder)
    else tell([], await measureAll(bench, true))
  } finally {
    await db.end()
    await counted.close()
    await proxy.close()
    await runtime.close()
    await product.stop()
    if (DATA === null) await rm(folder, { recursive: true, force: true })
  }
}

async function dataFolder(): Promise<string> {
  if (DATA !== null) await mkdir(DATA, { recursive: true })
  const folder = DATA ?? (await mkdtemp(path.join(os.tmpdir(), 'countersign-bench-')))
  // Root's temporary folders are closed to the user that PostgreSQL runs as.
  await chmod(folder, 0o711)
  return folder
}

const SEED_FILE = 'bench-seed.json'

/** An installation answers at the address that it was set up for. */
interface Kept {
  port: number
  seeded: Seeded
}

/** What an earlier run left in the folder; null: nothing that is whole. */
async function keptSeed(folder: string): Promise<Kept | null> {
  const text = await readFile(path.join(folder, SEED_FILE), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Kept)
}

async function seedAndMeasure(bench: Bench, folder: string): Promise<void> {
  const from = Math.min(SHORT, LONG)
  await seedTo(bench, 0, from)
  const short = LONG > SHORT ? await measureAll(bench, false) : []
  if (LONG > SHORT) await seedTo(bench, SHORT, LONG)
  if (DATA !== null) {
    const kept: Kept = { port: bench.runtime.config.port, seeded: bench.seeded }
    await writeFile(path.join(folder, SEED_FILE), JSON.stringify(kept))
  }
  tell(short, await measureAll(bench, true))
}

async function seedTo(bench: Bench, from: number, to: number): Promise<void> {
  const startedAt = performance.now()
  await seedHistory(bench.db, from, to)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  const { rows } = await bench.db.query<{ size: string }>(
    'SELECT pg_size_pretty(pg_database_size(current_database())) AS size',
  )
  console.log(`${to} requests: seeded in ${seconds} s, ${rows[0]?.size}`)
}

async function measureAll(bench: Bench, isLong: boolean): Promise<Measured[]> {
  console.log(`load at the start ${os.loadavg()[0]?.toFixed(1)}`)
  const cases = await pageCases(bench.db, bench.seeded.longId)
  const measured: Measured[] = []
  for (const page of cases.filter(({ name }) => ONLY.test(name))) {
    measured.push(await measurePage(bench, page, isLong))
  }
  console.log(`load at the end ${os.loadavg()[0]?.toFixed(1)}`)
  return measured
}

async function measurePage(bench: Bench, page: PageCase, isLong: boolean): Promise<Measured> {
  const { asking, runtime, counted, viewer, webPid } = bench
  const reads = await timed(COUNT, 1, () => readPage(runtime, viewer, page))
  const { sample: one, cpuMs } = await timedCpu(webPid, COUNT, () => askPage(asking, page.path))
  const four = isLong ? await timed(COUNT, 4, () => askPage(asking, page.path)) : null
  await readPage(counted.runtime, viewer, page)
  counted.proxy.roundTrips()
  await readPage(counted.runtime, viewer, page)
  return { page, one, four, cpuMs, reads, roundTrips: counted.proxy.roundTrips() }
}

/** What a page reads: who asks, the frame, and what it shows. */
async function readPage(runtime: Runtime, viewer: SignedIn, page: PageCase): Promise<number> {
  await verifySession(runtime.db, viewer.sessionId, runtime.now())
  await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    page.read(runtime, viewer),
  ])
  return 0
}

function tell(short: Measured[], long: Measured[]): void {
  const rows = long.map((measured, at) => {
    const before = short[at]
    const ratio = (of: (one: Measured) => Sample) =>
      before && (median(of(measured)) / median(of(before))).toFixed(2)
    return {
      page: measured.page.name,
      trips: measured.roundTrips,
      kB: Math.round(measured.one.bytes / 1024),
      cpu: measured.cpuMs?.toFixed(1),
      [`${SHORT}: page`]: before && spread(before.one),
      [`${LONG}: page`]: spread(measured.one),
      ratio: ratio(({ one }) => one),
      [`${LONG}: 4 at once`]: measured.four && spread(measured.four),
      [`${SHORT}: reads`]: before && spread(before.reads),
      [`${LONG}: reads`]: spread(measured.reads),
      'reads ratio': ratio(({ reads }) => reads),
    }
  })
  console.log(`p50 / p95 / p99 in ms; ${FULL_RECORD_SHARE * 100} % have their whole record`)
  console.table(rows)
}

function valueAfter(flag: string): string | null {
  const at = process.argv.indexOf(flag)
  return at === -1 ? null : (process.argv[at + 1] ?? null)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
