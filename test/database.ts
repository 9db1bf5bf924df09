import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, inject } from 'vitest'

export interface TestDatabase {
  /** Connection URL of the superuser `countersign`, who may also create databases. */
  url: string
  name: string
}

/**
 * A database of the calling test file's own, migrated unless told otherwise and dropped after the file's tests. Call it at
 * the top level of the file: `const { url } = await testDatabase()`.
 */
export async function testDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'))
  const name = `test_${randomBytes(8).toString('hex')}`
  const source = migrated ? template.pathname.slice(1) : 'template0'
  await administer(`CREATE DATABASE ${name} TEMPLATE ${source}`)
  afterAll(() => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  template.pathname = `/${name}`
  return { url: template.href, name }
}

async function administer(statement: string): Promise<void> {
  const url = new URL(inject('templateUrl'))
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
