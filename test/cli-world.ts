import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach } from 'vitest'
import { type ApiServer, serveApi } from './api-server'
import { type BuiltCli, builtCli, type CliProcess } from './cli-process'
import { testDatabase } from './database'
import { type FaultProxy, faultProxy } from './fault-proxy'
import { SEED_CONTRACT, type World, world } from './world'

export interface CliWorld {
  w: World
  api: ApiServer
  /** Stands between the program and the API. */
  proxy: FaultProxy
  cli: BuiltCli
  /** A script of its own for each test, so that each has a run of its own. It counts how often it ran. */
  deployScript: (rest?: string) => Promise<string>
  timesRun: (script: string) => Promise<number>
  /** A contract that is allowed without anybody's vote; the file's name. */
  staging: (more?: object) => Promise<string>
  /** Once it waits: the request's id. */
  held: (process: CliProcess) => Promise<string>
  grantOf: (requestId: string) => Promise<{ state?: string; outcome?: string | null }>
}

export const PRODUCTION = { env: { COUNTERSIGN_ENVIRONMENT: 'production' } }
export const STAGING = { env: { COUNTERSIGN_ENVIRONMENT: 'staging' } }
/** Processes take their time where much else runs. */
export const SLOW_MS = 120_000

/** The program with both keys, a server, and the deploy of the seed as `deploy.json`. */
export async function cliWorld(): Promise<CliWorld> {
  const { url } = await testDatabase()
  const w = await world(url)
  const api = await serveApi(w.runtime)
  const proxy = await faultProxy(api.url)
  const cli = await builtCli({
    COUNTERSIGN_URL: proxy.url,
    COUNTERSIGN_AGENT_KEY: w.agent.key,
    COUNTERSIGN_RUNTIME_KEY: w.runtimeKey.key,
    COUNTERSIGN_AUDIENCE: 'deploy-runner',
    COUNTERSIGN_ISSUER: w.runtime.installation.domain,
  })
  await cli.file('deploy.json', SEED_CONTRACT)
  let tests = 0
  beforeEach(() => {
    tests += 1
    proxy.forget()
    proxy.onAnswer(() => undefined)
  })
  return {
    w,
    api,
    proxy,
    cli,
    deployScript: async (rest = '') => {
      const name = `deploy-${tests}.sh`
      return await cli.script(name, `echo ran >> ${name}.ran\n${rest}`)
    },
    timesRun: async (script) => {
      const file = path.join(cli.work, `${script}.ran`)
      const text = await readFile(file, 'utf8').catch(() => '')
      return text.split('\n').length - 1
    },
    staging: async (more = {}) =>
      await cli.file(`staging-${tests}.json`, {
        goal: 'Deploy to staging',
        tools: ['deploy.staging'],
        arguments: { 'deploy.staging': { release: '2026.03.14' } },
        ...more,
      }),
    held: (process) => process.says(/Held.*\/tickets\/(req_\w+)/),
    grantOf: async (requestId) => {
      const grant = await w.runtime.db.grant.findUnique({ where: { requestId } })
      return grant === null ? {} : { state: grant.state, outcome: grant.outcome }
    },
  }
}
