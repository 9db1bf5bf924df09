import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from './generated/client'

export type Db = PrismaClient
/** Inside a transaction. */
export type Tx = Prisma.TransactionClient
/** What hand-written statements need: the database itself or a transaction. */
export type Sql = Pick<Tx, '$queryRaw' | '$queryRawUnsafe' | '$executeRaw' | '$executeRawUnsafe'>

export interface DbOptions {
  /** Most connections at once. */
  poolMax?: number
  /** Shown by `pg_stat_activity`. */
  applicationName?: string
  /** How long a connection, and an answer, is waited for. */
  connectTimeoutMs?: number
  queryTimeoutMs?: number
  /** Told when a connection breaks; the pool replaces it by itself. */
  onConnectionError?: (error: Error) => void
}

const DEFAULT_POOL_MAX = 10
const CONNECT_TIMEOUT_MS = 5_000
/** Longer than any transaction may take: a server that is connected but never answers is given up. */
const QUERY_TIMEOUT_MS = 15_000

/** Opens the database; connects on first use. `$disconnect` ends its connections. */
export function createDb(url: string, options: DbOptions = {}): Db {
  const tell = (error: Error) => options.onConnectionError?.(error)
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: options.poolMax ?? DEFAULT_POOL_MAX,
      connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      query_timeout: options.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
      keepAlive: true,
      application_name: options.applicationName ?? 'countersign',
    },
    { onPoolError: tell, onConnectionError: tell, statementNameGenerator: statementNames() },
  )
  return new PrismaClient({ adapter })
}

/** Texts that are prepared, most: ours are a few dozen, Prisma's lists of ids would otherwise add one a length. */
const MOST_PREPARED = 300

/**
 * In front of a statement that is planned anew for its values each time: where a plan for any values would walk a whole
 * history in search of a rare one.
 */
export const FOR_ITS_VALUES = '/* planned for its values */ '

/**
 * Names statements, so that each connection parses and plans one once and not at every call. Beyond the bound they go
 * unnamed, which is only slower.
 */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    if (sql.startsWith(FOR_ITS_VALUES)) return ''
    const known = names.get(sql)
    if (known !== undefined || names.size >= MOST_PREPARED) return known ?? ''
    const name = `cs_${names.size}`
    names.set(sql, name)
    return name
  }
}
