import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sharedOut } from './run/shared-out'
import { ensurePackages } from './run/system-packages'
import {
  type Outcome,
  outcomeOfBrowserTests,
  outcomeOfUnitTests,
  shortened,
} from './run/test-reports'

/**
 * `npm test`: everything, and as its last line how many passed and failed; before it once more what failed. Each check of
 * `npm run check` counts as one.
 */
const CHECKS = ['check:types', 'check:lint', 'check:arrows', 'check:dead']
const NEEDED = [
  'redis-server',
  'chromium-headless-shell',
  'python3-jwt',
  'python3-cryptography',
] as const
/** Niceness of what runs beside the tests: a third of their share, so that it also ends where others keep the machine busy. */
const BESIDE = ['nice', '-n', '5']
/** Most of a browser test is waiting, so two halves share the machine. */
const MOST_HALVES = 2

/** What the longest took beside other work; the others about DEFAULT of them. Only their ratio counts. */
const SECONDS: Record<string, number> = {
  'voting.spec.ts': 125,
  'ticket.spec.ts': 98,
  'evidence.spec.ts': 86,
  'slack-console.spec.ts': 85,
  'sign-pass.spec.ts': 74,
  'console.spec.ts': 74,
  'account.spec.ts': 68,
  'inbox.spec.ts': 63,
  'slack.spec.ts': 60,
  'sign-in.spec.ts': 59,
  'people.spec.ts': 45,
  'main-loop.spec.ts': 31,
  'webhooks.spec.ts': 25,
  'attacks-votes.spec.ts': 25,
  'attacks-pages.spec.ts': 23,
  'record.spec.ts': 19,
  'attacks.spec.ts': 19,
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-test-'))
const total: Outcome = { passed: 0, failed: 0, failures: [] }
try {
  await everything()
} finally {
  await rm(folder, { recursive: true, force: true })
  for (const { name, text } of total.failures) console.log(`\n✗ ${name}\n${indented(text)}`)
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

async function everything(): Promise<void> {
  const specs = (await readdir('e2e')).filter((name) => name.endsWith('.spec.ts'))
  for (const text of ensurePackages(NEEDED, console.log)) {
    add({ passed: 0, failed: 1, failures: [{ name: 'system packages', text }] })
  }
  const [isBuilt] = await Promise.all([
    checksAndBuild(specs.length > 0),
    timed('tests', async () => add(await unitTests())),
  ])
  if (isBuilt) await timed('browser tests', () => browserTests(specs))
}

/** They take what the tests leave of the machine: those wait for other processes here and there, and promise times. */
async function checksAndBuild(hasSpecs: boolean): Promise<boolean> {
  await timed('checks', async () => {
    for (const outcome of await Promise.all(CHECKS.map(check))) add(outcome)
  })
  if (!hasSpecs) return false
  // Not beside the checks: one of them has Next write the types of its pages, where the build does.
  const built = await timed('build', () => check('build'))
  add(built)
  return built.failed === 0
}

function add(outcome: Outcome): void {
  total.passed += outcome.passed
  total.failed += outcome.failed
  total.failures.push(...outcome.failures)
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  console.log(`\n— ${name}`)
  const from = performance.now()
  const done = await work()
  console.log(`— ${name}: ${Math.round((performance.now() - from) / 1000)} s`)
  return done
}

/** A script of package.json, beside others, so it shows what it said once it is over. */
async function check(name: string): Promise<Outcome> {
  const { code, output } = await run([...BESIDE, 'npm', 'run', '--silent', name], {
    isCollected: true,
  })
  process.stdout.write(
    `${output.trim() === '' ? '' : output}— ${name}: ${code === 0 ? 'passed' : 'failed'}\n`,
  )
  if (code === 0) return { passed: 1, failed: 0, failures: [] }
  return { passed: 0, failed: 1, failures: [{ name, text: shortened(output) }] }
}

async function unitTests(): Promise<Outcome> {
  const file = path.join(folder, 'vitest.json')
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await run(['npx', 'vitest', 'run', ...reporters])
  return settle(await outcomeIn(file, outcomeOfUnitTests), code, 'vitest')
}

/** Each half has a product, a database and a Slack of its own. */
async function browserTests(specs: string[]): Promise<void> {
  const count = Math.min(MOST_HALVES, os.availableParallelism())
  for (const outcome of await Promise.all(sharedOut(specs, SECONDS, count).map(browserHalf)))
    add(outcome)
}

async function browserHalf(specs: string[], at: number): Promise<Outcome> {
  const file = path.join(folder, `playwright-${at}.json`)
  const { code } = await run(
    [
      ...['npx', 'playwright', 'test', '--reporter=line,json', `--output=test-results/${at}`],
      ...specs.map((name) => `e2e/${name}`),
    ],
    { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file } },
  )
  return settle(await outcomeIn(file, outcomeOfBrowserTests), code, 'playwright')
}

/** A runner that fails for another reason than a test has failed all the same. */
function settle(outcome: Outcome | null, code: number, name: string): Outcome {
  const settled = outcome ?? { passed: 0, failed: 0, failures: [] }
  if (code === 0 || settled.failed > 0) return settled
  const failure = { name, text: `It ended with ${code}, see above.` }
  return { ...settled, failed: 1, failures: [...settled.failures, failure] }
}

/** No report means that the runner itself did not get that far; `settle` counts that. */
async function outcomeIn<Report>(
  file: string,
  outcomeOf: (report: Report) => Outcome,
): Promise<Outcome | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : outcomeOf(JSON.parse(text) as Report)
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}

function run(
  [program = '', ...args]: string[],
  { env = {}, isCollected = false }: { env?: Record<string, string>; isCollected?: boolean } = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const to = isCollected ? 'pipe' : 'inherit'
    const child = spawn(program, args, {
      stdio: ['ignore', to, to],
      env: { ...process.env, ...env },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
