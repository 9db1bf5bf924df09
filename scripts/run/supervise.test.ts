import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, watch } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Supervised, supervise } from './supervise'

let folder: string
let running: Supervised | null = null

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-supervise-'))
})

afterEach(async () => {
  await running?.stop()
  running = null
  await rm(folder, { recursive: true, force: true })
})

/** A program that writes what happens to it into `log`, one word a line, and drains on SIGTERM. */
const PROGRAM = `
  import { appendFileSync } from 'node:fs'
  const say = (word) => appendFileSync('log', word + '\\n')
  process.once('SIGTERM', () => { say('draining'); setTimeout(() => { say('drained'); process.exit(0) }, 50) })
  setInterval(() => {}, 1000)
  say('started-' + process.pid)`

/** Waits until the log holds a line for each expected word. */
function logUntil(...words: string[]): Promise<string[]> {
  return new Promise((resolve) => {
    const check = () => {
      const lines = readLog()
      const isDone =
        lines.length >= words.length && words.every((word, at) => lines[at]?.startsWith(word))
      if (!isDone) return
      watcher.close()
      resolve(lines)
    }
    const watcher = watch(folder, check)
    check()
  })
}

function readLog(): string[] {
  const file = path.join(folder, 'log')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

async function start(onCrash: (sentence: string) => void = () => undefined): Promise<Supervised> {
  const file = path.join(folder, 'program.mjs')
  await writeFile(file, `process.chdir(${JSON.stringify(folder)})\n${PROGRAM}`)
  running = supervise({ name: 'worker', args: [file], env: process.env, onCrash })
  return running
}

test('stopping lets the process finish what it does', async () => {
  const worker = await start()
  await logUntil('started')
  await worker.stop()
  expect(await logUntil('started', 'draining', 'drained')).toHaveLength(3)
})

test('a crashed process is told about and started again, a stopped one is not', async () => {
  const sentences: string[] = []
  const worker = await start((sentence) => sentences.push(sentence))
  const [first] = await logUntil('started')
  process.kill(worker.pid() ?? Number.NaN, 'SIGKILL')
  const [, second] = await logUntil('started', 'started')
  expect(second).not.toBe(first)
  expect(sentences).toEqual([expect.stringMatching(/worker process ended \(SIGKILL\)/)])
  await worker.stop()
  expect(worker.pid()).toBeUndefined()
  expect(await logUntil('started', 'started', 'draining', 'drained')).toHaveLength(4)
})

test('when whoever started it is killed, the process drains and ends', async () => {
  await writeFile(path.join(folder, 'program.mjs'), PROGRAM)
  const module = path.join(import.meta.dirname, 'supervise.ts')
  const starter = path.join(folder, 'starter.mjs')
  await writeFile(
    starter,
    `import { supervise } from ${JSON.stringify(module)}
     supervise({ name: 'worker', args: ['program.mjs'], env: process.env, onCrash: () => {} })`,
  )
  const parent: ChildProcess = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), starter],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  )
  await logUntil('started')
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  expect(await logUntil('started', 'draining', 'drained')).toHaveLength(3)
})
