import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ensurePackages } from './run/system-packages'

/** `npm test`: everything, and as its last line how many passed and failed. Each check of `npm run check` counts as one. */
interface Count {
  passed: number
  failed: number
}

const MOST_SHARDS = 2
const CHECKS = ['check:lint', 'check:types', 'check:arrows', 'check:dead']

const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-test-'))
const total: Count = { passed: 0, failed: 0 }
try {
  await everything()
} finally {
  await rm(folder, { recursive: true, force: true })
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

async function everything(): Promise<void> {
  const specs = (await readdir('e2e')).filter((name) => name.endsWith('.spec.ts'))
  const missing = ensurePackages(['redis-server', 'chromium'], console.log)
  for (const sentence of missing) console.error(sentence)
  add({ passed: 0, failed: missing.length })
  for (const check of CHECKS) add(await one(check, ['npm', 'run', '--silent', check]))
  add(await unitTests())
  if (specs.length === 0) return
  const built = await one('build', ['npm', 'run', '--silent', 'build'])
  add(built)
  if (built.failed === 0) add(await browserTests())
}

function add(count: Count): void {
  total.passed += count.passed
  total.failed += count.failed
}

async function one(name: string, command: string[]): Promise<Count> {
  console.log(`\n— ${name}`)
  return (await run(command)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function unitTests(): Promise<Count> {
  console.log('\n— tests')
  const report = path.join(folder, 'vitest.json')
  const code = await run([
    'npx',
    'vitest',
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  const { numPassedTests, testResults } = (await readReport(report)) as VitestReport
  const failed = testResults.reduce((sum, file) => sum + failuresOf(file), 0)
  return settle({ passed: numPassedTests, failed }, code)
}

interface VitestReport {
  numPassedTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/** A file that cannot be loaded has no tests to fail, and is a failure. */
function failuresOf(file: VitestReport['testResults'][number]): number {
  const failed = file.assertionResults.filter((test) => test.status === 'failed').length
  return failed === 0 && file.status === 'failed' ? 1 : failed
}

/** Most of a browser test is waiting, so two halves share the machine. Each has a product, a database and a Slack of its own. */
async function browserTests(): Promise<Count> {
  console.log('\n— browser tests')
  const count = Math.min(MOST_SHARDS, os.availableParallelism())
  const shards = Array.from({ length: count }, (_, at) => browserShard(at + 1, count))
  return (await Promise.all(shards)).reduce((sum, shard) => ({
    passed: sum.passed + shard.passed,
    failed: sum.failed + shard.failed,
  }))
}

async function browserShard(shard: number, count: number): Promise<Count> {
  const report = path.join(folder, `playwright-${shard}.json`)
  const code = await run(
    [
      'npx',
      'playwright',
      'test',
      '--reporter=line,json',
      `--shard=${shard}/${count}`,
      `--output=test-results/${shard}`,
    ],
    { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  )
  const { stats } = (await readReport(report)) as PlaywrightReport
  return settle({ passed: stats.expected, failed: stats.unexpected + stats.flaky }, code)
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number }
}

/** A runner that fails for another reason than a test, such as an error outside of all tests, has failed all the same. */
function settle(count: Count, code: number): Count {
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
}

/** No report means that the runner itself did not get that far; `settle` counts that. */
async function readReport(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text !== null) return JSON.parse(text)
  return {
    numPassedTests: 0,
    testResults: [],
    stats: { expected: 0, unexpected: 0, flaky: 0 },
  }
}

function run([program = '', ...args]: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
