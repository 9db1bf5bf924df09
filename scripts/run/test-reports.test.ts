import { expect, it } from 'vitest'
import { outcomeOfBrowserTests, outcomeOfUnitTests, shortened } from './test-reports'

it('counts a file that cannot be loaded as one failure, with what it said', () => {
  const report = {
    numPassedTests: 3,
    testResults: [
      { name: 'a.test.ts', status: 'passed', message: '', assertionResults: [] },
      { name: 'b.test.ts', status: 'failed', message: 'No such module', assertionResults: [] },
      {
        name: 'c.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'holds', failureMessages: [] },
          { status: 'failed', fullName: 'breaks', failureMessages: ['expected 1 to be 2'] },
        ],
      },
    ],
  }
  expect(outcomeOfUnitTests(report)).toEqual({
    passed: 3,
    failed: 2,
    failures: [
      { name: 'b.test.ts', text: 'No such module' },
      { name: 'c.test.ts: breaks', text: 'expected 1 to be 2' },
    ],
  })
})

it('names a browser test by its file, line and suites, and tells of errors outside of all tests', () => {
  const test = (status: string, message: string) => ({
    status,
    results: [{ errors: message === '' ? [] : [{ message }] }],
  })
  const spec = (title: string, line: number, one: ReturnType<typeof test>) => ({
    title,
    file: 'a.spec.ts',
    line,
    tests: [one],
  })
  const inner = { title: 'a page', specs: [spec('is red', 9, test('unexpected', 'Not there'))] }
  const outer = {
    title: 'a.spec.ts',
    suites: [inner],
    specs: [spec('is green', 2, test('expected', ''))],
  }
  const stats = { expected: 1, unexpected: 1, flaky: 0 }
  const errors = [{ message: 'The product did not start' }]
  expect(outcomeOfBrowserTests({ stats, suites: [outer], errors })).toEqual({
    passed: 1,
    failed: 1,
    failures: [
      { name: 'a.spec.ts:9 a page › is red', text: 'Not there' },
      { name: 'Outside of all tests', text: 'The product did not start' },
    ],
  })
})

it('shortens what a failure says to its first lines, without colours', () => {
  const lines = Array.from({ length: 40 }, (_, at) => `\u001b[31mline ${at}\u001b[39m\n`)
  const shown = shortened(lines.join('\n')).split('\n')
  expect(shown[0]).toBe('line 0')
  expect(shown).toHaveLength(15)
  expect(shown.at(-1)).toBe('… and 26 more lines above')
  expect(shortened('x'.repeat(9_000)).length).toBeLessThan(300)
})
