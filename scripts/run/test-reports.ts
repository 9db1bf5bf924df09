import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** What one runner or check came to. */
export interface Outcome {
  passed: number
  failed: number
  failures: Failure[]
}

/** A test that failed and what it said, short enough to stand at the end of a long output. */
export interface Failure {
  name: string
  text: string
}

const MOST_LINES = 14
const MOST_COLUMNS = 240

interface UnitReport {
  numPassedTests: number
  testResults: UnitFile[]
}
interface UnitFile {
  name: string
  status: string
  message: string
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
}

/** Of Vitest's JSON report. A file that cannot be loaded has no tests to fail, and is a failure. */
export function outcomeOfUnitTests(report: UnitReport): Outcome {
  const failures = report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    const source = path.relative('', file.name)
    if (failed.length === 0 && file.status === 'failed') {
      return [{ name: source, text: shortened(file.message) }]
    }
    return failed.map(({ fullName, failureMessages }) => ({
      name: `${source}: ${fullName}`,
      text: shortened(failureMessages.join('\n')),
    }))
  })
  return { passed: report.numPassedTests, failed: failures.length, failures }
}

interface BrowserReport {
  stats: { expected: number; unexpected: number; flaky: number }
  suites: BrowserSuite[]
  /** Outside of all tests. */
  errors: BrowserError[]
}
interface BrowserSuite {
  title: string
  suites?: BrowserSuite[]
  specs: {
    title: string
    file: string
    line: number
    tests: { status: string; results: { errors: BrowserError[] }[] }[]
  }[]
}
interface BrowserError {
  message?: string
}

/** Of Playwright's JSON report. What passes only at a second try has failed. */
export function outcomeOfBrowserTests({ stats, suites, errors }: BrowserReport): Outcome {
  const failures = suites.flatMap((suite) => failuresOf(suite, []))
  const outside = errors.map((error) => ({ name: 'Outside of all tests', text: textOf([error]) }))
  const { expected, unexpected, flaky } = stats
  return { passed: expected, failed: unexpected + flaky, failures: [...failures, ...outside] }
}

function failuresOf({ specs, suites = [] }: BrowserSuite, titles: string[]): Failure[] {
  const own = specs.flatMap(({ title, file, line, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => ({
        name: `${file}:${line} ${[...titles, title].join(' › ')}`,
        text: textOf(results.flatMap((result) => result.errors)),
      })),
  )
  const inner = suites.flatMap((suite) => failuresOf(suite, [...titles, suite.title]))
  return [...own, ...inner]
}

function textOf(errors: BrowserError[]): string {
  return shortened(errors.map(({ message = '' }) => message).join('\n'))
}

/** The first lines, without colours and without where in a package they come from. */
export function shortened(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at .*node_modules/.test(line))
  const shown = lines.slice(0, MOST_LINES).map((line) => line.slice(0, MOST_COLUMNS))
  const left = lines.length - shown.length
  return [...shown, ...(left > 0 ? [`… and ${left} more lines above`] : [])].join('\n')
}
