import { describe, expect, it } from 'vitest'
import { version } from '../../package.json'
import { builtCli } from '../../test/cli-process'
import { fences } from '../../test/fenced'
import { COMMANDS } from './commands/table'
import { EXITS } from './exits'
import { commandHelp, overview, settingsHelp } from './help'

const PAGE = 'docs/cli.md'
const cli = await builtCli()

function block(info: string): string {
  const [found, ...others] = fences(PAGE).filter((one) => one.info === info)
  if (!found || others.length > 0) throw new Error(`${PAGE} has not one block "${info}"`)
  return found.text
}

describe('the help', () => {
  it('is what the page shows: all commands, run, and settings', () => {
    expect(block('text overview')).toBe(`${overview()}\n`)
    expect(block('text settings')).toBe(`${settingsHelp()}\n`)
    const run = COMMANDS.find(({ name }) => name === 'run')
    expect(block('text run')).toBe(`${run && commandHelp(run)}\n`)
  })

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s teaches: what for, an example, settings, exit codes, and fits a page',
    (name, command) => {
      const text = commandHelp(command)
      expect(text).toMatch(new RegExp(`^countersign ${name} `))
      for (const part of ['Options', 'Example', 'Exit codes', '--json'])
        expect(text).toContain(part)
      expect(text.includes('\nEnvironment\n')).toBe(command.settings.length > 0)
      const prose = text.split('\n').filter((line) => !line.startsWith('  '))
      expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(100)
      expect(command.examples.join('\n')).toContain(`countersign ${name}`)
    },
  )

  it('is given in each of the ways people ask for it', async () => {
    const shown = async (...args: string[]) => {
      const { code, out } = await cli.run(args)
      return [code, out.split('\n', 1)[0]]
    }
    expect(await shown()).toEqual(await shown('--help'))
    expect(await shown('help')).toEqual([0, overview().split('\n', 1)[0]])
    const ways = [
      ['help', 'audit', 'verify'],
      ['audit', 'verify', '--help'],
      ['audit', 'verify', '-h', '--key', 'x'],
    ]
    for (const way of ways) {
      expect(await shown(...way)).toEqual([0, 'countersign audit verify FILE [options]'])
    }
    expect(await shown('help', 'settings')).toEqual([0, settingsHelp().split('\n', 1)[0]])
    expect(await shown('--version')).toEqual([0, version])
  })

  it('is not for what is behind --, which is the command that runs', async () => {
    const { code, err } = await cli.run(['run', '--', 'ls', '--help'])
    expect([code, err]).toEqual([64, expect.stringContaining('Give --contract')])
  })

  it('wrong use is told on stderr, and in JSON where that was asked for', async () => {
    const wrong = await cli.run(['deplyo', '--json'])
    expect(wrong.code).toBe(64)
    expect(JSON.parse(wrong.out)).toMatchObject({ ok: false, exit: 'usage', exit_code: 64 })
    expect(wrong.err).toContain('There is no command deplyo')
    const uses = [
      ['status'],
      ['status', 'a', 'b'],
      ['status', 'a', '--what'],
      ['wait', 'a', '--timeout', 'soon'],
      ['status', 'a', '--', 'b'],
    ]
    for (const use of uses) expect([use, (await cli.run(use)).code]).toEqual([use, 64])
  })
})

it('the page names every exit code with its meaning', () => {
  const rows = Object.values(EXITS).map(({ code, means }) => `${String(code).padEnd(5)}${means}`)
  expect(block('text exits')).toBe(`${rows.join('\n')}\n`)
})
