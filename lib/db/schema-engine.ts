import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'

type EngineModule = typeof import('@prisma/schema-engine-wasm') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

export interface OpenEngine {
  engine: SchemaEngine
  /** The database's own words for the script that failed first; the engine's report may bury them. */
  scriptError(): string | null
}

/** `"char"`, the type of a few catalogue columns, which PrismaPg does not know, and `text`, which it does. */
const CHAR_OID = 18
const TEXT_OID = 25
const CHAR_MARK = ' "char"'

/**
 * Prisma's schema engine as WebAssembly from npm: it reads and writes the same `_prisma_migrations` table as the
 * Prisma CLI, but needs no binary to be downloaded. All it does runs on the connection it is given, so inside a
 * transaction that the caller opened.
 *
 * @param shadow an empty database for working out what migrations build, where that is asked for
 */
export async function openSchemaEngine(
  client: pg.Client,
  shadow?: { client: pg.Client; datamodels: [string, string][] },
): Promise<OpenEngine> {
  const { SchemaEngine: Engine } = await loadEngine()
  const database = new WholeScripts(client, shadow?.client ?? null)
  const engine = await Engine.new(
    { datamodels: shadow?.datamodels },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(database),
  )
  return { engine, scriptError: () => database.scriptError }
}

/**
 * PrismaPg splits a script at every semicolon, which cuts function bodies and comments in two. Sent whole, PostgreSQL
 * parses it. And PrismaPg makes its shadow database next to, but connects to, the one its connection string names, so
 * the shadow is given from outside.
 */
class WholeScripts implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres' as const
  readonly adapterName = '@prisma/adapter-pg'
  scriptError: string | null = null
  private readonly main: pg.Client
  private readonly shadow: pg.Client | null

  constructor(main: pg.Client, shadow: pg.Client | null) {
    this.main = main
    this.shadow = shadow
  }

  connect(): Promise<SqlDriverAdapter> {
    return this.open(this.main)
  }

  connectToShadowDb(): Promise<SqlDriverAdapter> {
    if (!this.shadow) throw new Error('No shadow database was given.')
    return this.open(this.shadow)
  }

  private async open(client: pg.Client): Promise<SqlDriverAdapter> {
    const adapter = await new PrismaPg(asPool(client)).connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => unmarkCharColumns(await queryRaw(query))
    adapter.executeScript = async (script) => {
      try {
        await client.query(script)
      } catch (error) {
        this.scriptError ??= error instanceof Error ? error.message : String(error)
        throw error
      }
    }
    return adapter
  }
}

/**
 * PrismaPg wants a pool, and a pool drops a connection on which a statement failed, transaction and all. This one never
 * connects: it hands every statement to the client. It also lets PrismaPg take a `"char"` for a text; the mark in the
 * name says which columns to put right afterwards.
 */
function asPool(client: pg.Client): pg.Pool {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<pg.QueryResult>
  return Object.assign(new pg.Pool(), {
    query: async (...args: unknown[]) => {
      const result = await query(...args)
      // A script of several statements answers with a list, which has no fields of its own.
      for (const field of result.fields ?? []) {
        if (field.dataTypeID !== CHAR_OID) continue
        field.dataTypeID = TEXT_OID
        field.name += CHAR_MARK
      }
      return result
    },
  })
}

function unmarkCharColumns(result: SqlResultSet): SqlResultSet {
  const marked = result.columnNames.map((name) => name.endsWith(CHAR_MARK))
  return {
    ...result,
    columnNames: result.columnNames.map((name) => name.replace(CHAR_MARK, '')),
    columnTypes: result.columnTypes.map((type, at) =>
      marked[at] ? ColumnTypeEnum.Character : type,
    ),
  }
}

let loaded: Promise<EngineModule> | null = null

function loadEngine(): Promise<EngineModule> {
  loaded ??= instantiate()
  return loaded
}

async function instantiate(): Promise<EngineModule> {
  // The engine hands over what it panicked about, just before it stops.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: fail } })
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bindings: EngineModule = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(path.join(path.dirname(glue), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  })
  bindings.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start']
  if (typeof start !== 'function') throw new Error('The schema engine has no start function.')
  start()
  return bindings
}

function fail(message: string): never {
  throw new Error(`The schema engine stopped: ${message}`)
}
