import type { TestProject } from 'vitest/node'
import { migrate } from '../lib/db/migrate'
import { startScratch } from '../scripts/embedded/scratch'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the one PostgreSQL of this run; its database `countersign` is the migrated template. */
    templateUrl: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startScratch()
  await migrate(server.url())
  project.provide('templateUrl', server.url())
  return () => server.stop()
}
