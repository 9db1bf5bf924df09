import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { endRunFile, openRunFile, saveRunFile, startNewRun } from './run-file'

const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-runs-'))
afterAll(() => rm(folder, { recursive: true }))

let home = ''
beforeEach(async () => {
  home = await mkdtemp(path.join(folder, 'home-'))
})

const what = () => ({
  env: { XDG_STATE_HOME: home },
  cwd: folder,
  origin: 'https://countersign.example',
  contract: { goal: 'Deploy', tools: ['deploy.staging'] },
  argv: ['./deploy.sh'],
})
const ended = { outcome: 'failed', code: 3, detail: 'It exited with 3.' } as const

it('of many starts at once one begins the run, and the others go on with it', async () => {
  const runs = await Promise.all(Array.from({ length: 20 }, () => openRunFile(what())))
  expect(new Set(runs.map(({ runKey }) => runKey)).size).toBe(1)
  expect(runs.filter(({ isResumed }) => !isResumed)).toHaveLength(1)
  const [{ file } = { file: '' }] = runs
  expect(await readdir(path.dirname(file))).toEqual([path.basename(file)])
})

it('starts and ends that overtake each other neither fail nor lose a run', async () => {
  const round = async () => {
    const run = await openRunFile(what())
    await endRunFile(run)
    return run.runKey
  }
  const keys = await Promise.all(Array.from({ length: 40 }, round))
  expect(keys.every((key) => key.startsWith('run-'))).toBe(true)
})

it('a run that comes to its end late leaves the one that was begun after it alone', async () => {
  const first = await openRunFile(what())
  const second = await startNewRun(what())
  await saveRunFile({ ...first, requestId: 'req_1', ended })
  await endRunFile(first)
  const { runKey, ended: kept, isResumed } = await openRunFile(what())
  expect({ runKey, kept, isResumed }).toEqual({
    runKey: second.runKey,
    kept: null,
    isResumed: true,
  })
})

it('how the command ended is kept until the run is over', async () => {
  const run = await openRunFile(what())
  await saveRunFile({ ...run, requestId: 'req_1', ended })
  expect(await openRunFile(what())).toMatchObject({ requestId: 'req_1', ended, isResumed: true })
  await endRunFile(run)
  expect(await openRunFile(what())).toMatchObject({ ended: null, isResumed: false })
})

it('a file that was cut short is an error, and stays', async () => {
  const { file } = await openRunFile(what())
  for (const text of ['', '{"v":1,', '{"v":1}']) {
    await writeFile(file, text)
    await expect(openRunFile(what())).rejects.toMatchObject({ exit: 'settings' })
    expect(await readFile(file, 'utf8')).toBe(text)
  }
})
