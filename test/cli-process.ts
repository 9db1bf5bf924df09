import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterAll, expect } from 'vitest'
import { buildSdk } from '../scripts/run/build-sdk'

/** How a process ended, with all it said. */
export interface CliEnd {
  /** null when a signal ended it. */
  code: number | null
  out: string
  err: string
}

export interface CliProcess {
  child: ChildProcessByStdio<Writable, Readable, Readable>
  end: Promise<CliEnd>
  /** What it has said so far, on both. */
  said: () => string
  /** Once it has said something that matches: the match's first group, or all of it. */
  says: (pattern: RegExp) => Promise<string>
}

export interface Place {
  env?: Record<string, string>
  cwd?: string
  /** stdin stays open, for the test to write into. */
  input?: true
  /** On a terminal of so many columns: everything it shows is in `out`, and what is written to stdin is typed. */
  columns?: number
  /** Its stdin is this file all the same. */
  from?: string
}

export interface BuiltCli {
  /** A folder of its own, with a folder to work in and one for the state. */
  folder: string
  start: (args: readonly string[], place?: Place) => CliProcess
  run: (args: readonly string[], place?: Place) => Promise<CliEnd>
  /** Writes an executable script into the working folder and gives its path. */
  script: (name: string, text: string) => Promise<string>
  /** Writes a file into the working folder and gives its name. */
  file: (name: string, content: unknown) => Promise<string>
  /** The same in a folder in it, with these rights. */
  folderFile: (name: string, text: string, mode: number) => Promise<void>
  /** What stands in the files of a folder. */
  filesOf: (folder: string) => Promise<{ names: string[]; text: string; modes: number[] }>
  work: string
}

const SAY_MS = 60_000
const TERMINAL = path.join(import.meta.dirname, 'on_terminal.py')

/** The program as it is installed: built, in a folder of its own, with its own home and no setting of the machine. */
export async function builtCli(settings: Record<string, string> = {}): Promise<BuiltCli> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-cli-'))
  const started: CliProcess['child'][] = []
  afterAll(async () => {
    for (const { pid } of started) endGroup(pid)
    await rm(folder, { recursive: true })
  })
  await buildSdk(path.join(folder, 'sdk'))
  const work = path.join(folder, 'work')
  await mkdir(work)
  const main = path.join(folder, 'sdk', 'cli', 'main.js')
  const start = (args: readonly string[], place: Place = {}) => {
    const { cwd = work } = place
    const home = { HOME: path.join(folder, 'home'), PATH: '/usr/local/bin:/usr/bin:/bin' }
    const env = { NODE_ENV: 'test' as const, ...home, ...settings, ...place.env }
    const { columns, from } = place
    const terminal = columns === undefined ? [] : ['python3', TERMINAL, String(columns)]
    const shell = from === undefined ? [] : ['/bin/sh', '-c', `exec "$@" < ${from}`, 'sh']
    const [program = '', ...words] = [...terminal, ...shell, process.execPath, main, ...args]
    const child = spawn(program, words, {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that what it leaves running can be ended with it.
      detached: true,
    })
    started.push(child)
    child.stdin.on('error', () => undefined)
    if (place.input !== true && place.columns === undefined) child.stdin.end()
    return listen(child)
  }
  return {
    folder,
    work,
    start,
    run: (args, place) => start(args, place).end,
    script: async (name, text) => {
      await writeFile(path.join(work, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
      return `./${name}`
    },
    file: async (name, content) => {
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      await writeFile(path.join(work, name), text)
      return name
    },
    folderFile: async (name, text, mode) => {
      const file = path.join(work, name)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text)
      await chmod(file, mode)
    },
    filesOf,
  }
}

async function filesOf(folder: string) {
  const names = await readdir(folder)
  const files = names.map((name) => path.join(folder, name))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  const stats = await Promise.all(files.map((file) => stat(file)))
  return { names, text: texts.join(''), modes: stats.map(({ mode }) => mode & 0o777) }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

function listen(child: CliProcess['child']): CliProcess {
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const end = new Promise<CliEnd>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }))
  })
  const said = () => out + err
  const says = async (pattern: RegExp) => {
    await expect.poll(said, { timeout: SAY_MS, interval: 20 }).toMatch(pattern)
    const found = pattern.exec(said())
    return found?.[1] ?? found?.[0] ?? ''
  }
  return { child, end, said, says }
}
