import pg from 'pg'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { testDatabase } from '../../test/database'
import { startPgProxy } from '../../test/pg-proxy'
import { createDb, type Db, type Tx } from './client'
import { inTransaction, isConflict, isUnavailable, isUniqueViolation } from './transaction'

const { url, name } = await testDatabase()
const db = createDb(url, { poolMax: 4 })
const other = new pg.Client({ connectionString: url })
await other.connect()
afterAll(() => Promise.all([db.$disconnect(), other.end()]))

beforeEach(async () => {
  await other.query('DELETE FROM group_members')
  await other.query('DELETE FROM people')
  await other.query(
    `INSERT INTO people (id, name, email, roles) VALUES ('a', 'A', 'a@x', '{}'), ('b', 'B', 'b@x', '{}')`,
  )
})

/** Ways a statement goes to the database, which Prisma reports the faults of in different shapes. */
const STATEMENTS: [string, (tx: Tx, id: string) => Promise<unknown>][] = [
  ['a model’s update', (tx, id) => tx.person.update({ where: { id }, data: { name: 'new' } })],
  ['updateMany', (tx, id) => tx.person.updateMany({ where: { id }, data: { name: 'new' } })],
  ['$executeRaw', (tx, id) => tx.$executeRaw`UPDATE people SET name = 'new' WHERE id = ${id}`],
  [
    '$queryRaw',
    (tx, id) => tx.$queryRaw`UPDATE people SET name = 'new' WHERE id = ${id} RETURNING id`,
  ],
  [
    '$queryRawUnsafe',
    (tx, id) => tx.$queryRawUnsafe('SELECT id FROM people WHERE id = $1 FOR UPDATE', id),
  ],
]

/** 40001: somebody else's commit came between the snapshot and the statement. */
async function serializationFailure(tx: Tx, statement: (tx: Tx, id: string) => Promise<unknown>) {
  await tx.$executeRawUnsafe('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  await tx.$queryRawUnsafe('SELECT 1 FROM people')
  await other.query(`UPDATE people SET name = 'theirs' WHERE id = 'a'`)
  await statement(tx, 'a')
}

/** 40P01: two connections hold what the other waits for; this one gives way. */
async function deadlock(tx: Tx, statement: (tx: Tx, id: string) => Promise<unknown>) {
  await tx.$executeRawUnsafe(`SET LOCAL deadlock_timeout = '5ms'`)
  await tx.$executeRawUnsafe(`UPDATE people SET name = 'mine' WHERE id = 'a'`)
  await other.query('BEGIN')
  await other.query(`SET LOCAL deadlock_timeout = '10s'`)
  await other.query(`UPDATE people SET name = 'theirs' WHERE id = 'b'`)
  const waiting = other.query(`UPDATE people SET name = 'theirs' WHERE id = 'a'`)
  try {
    await statement(tx, 'b')
  } finally {
    void waiting.then(() => other.query('COMMIT'))
  }
}

describe.each([
  ['40001', serializationFailure],
  ['40P01', deadlock],
] as const)('a conflict %s', (_state, conflict) => {
  test.each(STATEMENTS)('met by %s is known and tried again', async (_name, statement) => {
    const once = db.$transaction((tx) => conflict(tx, statement))
    const error = await once.catch((fault: unknown) => fault)
    await other.query('SELECT 1')
    expect(error).toBeInstanceOf(Error)
    expect([isConflict(error), isUnavailable(error), isUniqueViolation(error)]).toEqual([
      true,
      false,
      false,
    ])

    let tries = 0
    const done = await inTransaction(db, async (tx) => {
      tries++
      if (tries < 3) await conflict(tx, statement)
      return 'done'
    })
    expect([done, tries]).toEqual(['done', 3])
  })
})

test('a conflict met only by COMMIT is known and tried again', async () => {
  const skew = async (tx: Tx) => {
    await tx.$executeRawUnsafe('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')
    await tx.person.count({ where: { roles: { has: 'admin' } } })
    await other.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
    await other.query(`SELECT count(*) FROM people WHERE 'admin' = ANY(roles)`)
    await other.query(`UPDATE people SET roles = '{admin}' WHERE id = 'a'`)
    await tx.person.update({ where: { id: 'b' }, data: { roles: ['admin'] } })
    await other.query('COMMIT')
  }
  const error = await db.$transaction(skew).catch((fault: unknown) => fault)
  expect(error).toBeInstanceOf(Error)
  expect([isConflict(error), isUnavailable(error)]).toEqual([true, false])
  let tries = 0
  await inTransaction(db, async (tx) => {
    tries++
    if (tries === 1) await skew(tx)
  })
  expect(tries).toBe(2)
})

test('a conflict that never ends is given up after six tries, and leaves nothing behind', async () => {
  let tries = 0
  const stubborn = inTransaction(db, async (tx) => {
    tries++
    await serializationFailure(tx, async (inner, id) => {
      await inner.person.create({ data: { id: 'c', name: 'C', email: 'c@x' } })
      await inner.person.update({ where: { id }, data: { name: 'x' } })
    })
  })
  await expect(stubborn).rejects.toSatisfy(isConflict)
  expect(tries).toBe(6)
  expect(await db.person.count({ where: { id: 'c' } })).toBe(0)
})

test('what is wrong with the statement is no conflict, and is not tried again', async () => {
  let tries = 0
  const twice = inTransaction(db, async (tx) => {
    tries++
    await tx.person.create({ data: { id: 'a', name: 'A', email: 'other@x' } })
  })
  const error = await twice.catch((fault: unknown) => fault)
  expect([isUniqueViolation(error), isConflict(error), isUnavailable(error)]).toEqual([
    true,
    false,
    false,
  ])
  const raw = db.$executeRawUnsafe(`INSERT INTO people (id, name, email) VALUES ('z', 'Z', 'a@x')`)
  expect(isUniqueViolation(await raw.catch((fault: unknown) => fault))).toBe(true)
  const odd = await db.$queryRawUnsafe('SELECT nothing').catch((fault: unknown) => fault)
  expect([isUniqueViolation(odd), isConflict(odd), isUnavailable(odd)]).toEqual([
    false,
    false,
    false,
  ])
  for (const thing of [undefined, null, 'no', 40_001, new Error('no'), { code: 40_001 }]) {
    expect([isConflict(thing), isUnavailable(thing), isUniqueViolation(thing)]).toEqual([
      false,
      false,
      false,
    ])
  }
  expect(tries).toBe(1)
})

describe('a database that is not there is known as that, however it went', () => {
  type Break = (through: Db, proxy: Awaited<ReturnType<typeof startPgProxy>>) => Promise<unknown>
  const ends = () =>
    other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'breaking'`,
    )
  const sleeping = async (through: Db, many = 1) => {
    const all = Array.from({ length: many }, () =>
      through.$queryRawUnsafe('SELECT pg_sleep(30)::text'),
    )
    for (const one of all) one.catch(() => undefined)
    const asleep = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'breaking' AND wait_event = 'PgSleep'`
    await expect.poll(async () => (await other.query(asleep)).rowCount).toBe(many)
    // In an object, as a promise that is returned is waited for.
    const query = Promise.all(all)
    query.catch(() => undefined)
    return { query }
  }
  const BREAKS: [string, Break][] = [
    [
      'refused the connection',
      async (through, proxy) => {
        await proxy.cut()
        return through.$queryRawUnsafe('SELECT 1')
      },
    ],
    [
      'refused the connection of a transaction',
      async (through, proxy) => {
        await proxy.cut()
        return through.$transaction((tx) => tx.person.count())
      },
    ],
    [
      'went away before a statement',
      async (through, proxy) => {
        await through.$queryRawUnsafe('SELECT 1')
        await proxy.cut()
        return through.person.count()
      },
    ],
    [
      'was shut down during a statement',
      async (through) => {
        const asleep = await sleeping(through)
        await ends()
        return asleep.query
      },
    ],
    [
      'vanished during a statement',
      async (through, proxy) => {
        const asleep = await sleeping(through)
        await proxy.cut()
        return asleep.query
      },
    ],
    [
      'was shut down inside a transaction',
      (through) =>
        through.$transaction(async (tx) => {
          await tx.person.count()
          await ends()
          await tx.person.count()
        }),
    ],
    [
      'vanished inside a transaction',
      (through, proxy) =>
        through.$transaction(async (tx) => {
          await tx.person.count()
          await proxy.cut()
          await tx.$queryRawUnsafe('SELECT 1')
        }),
    ],
    [
      'vanished before the commit',
      (through, proxy) =>
        through.$transaction(async (tx) => {
          await tx.person.count()
          await proxy.cut()
        }),
    ],
    [
      'takes no more connections',
      async (through) => {
        await other.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`)
        await other.query(
          `CREATE ROLE plain LOGIN PASSWORD 'plain'; GRANT pg_read_all_data TO plain`,
        )
        onTestFinished(async () => {
          await other.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`)
          await other.query('DROP ROLE plain')
        })
        const plain = new URL(url)
        plain.username = 'plain'
        plain.password = 'plain'
        const crowded = createDb(plain.href)
        onTestFinished(() => crowded.$disconnect())
        return crowded
          .$queryRawUnsafe('SELECT 1')
          .finally(() => through.$queryRawUnsafe('SELECT 1'))
      },
    ],
    [
      'does not accept connections',
      async () => {
        const target = new URL(url)
        target.pathname = '/template0'
        const shut = createDb(target.href)
        onTestFinished(() => shut.$disconnect())
        return await shut.$queryRawUnsafe('SELECT 1')
      },
    ],
    [
      'answers nothing at all',
      async (through, proxy) => {
        await through.$queryRawUnsafe('SELECT 1')
        proxy.freeze()
        return await through.$queryRawUnsafe('SELECT 1')
      },
    ],
    [
      'has no connection to spare',
      async (through) => {
        await sleeping(through, 2)
        return await through.$queryRawUnsafe('SELECT 1').finally(ends)
      },
    ],
  ]

  test.each(BREAKS)('%s', async (_what, breaks) => {
    const proxy = await startPgProxy(url)
    const through = createDb(proxy.url, {
      poolMax: 2,
      applicationName: 'breaking',
      connectTimeoutMs: 500,
      queryTimeoutMs: 1_000,
    })
    onTestFinished(async () => {
      await through.$disconnect()
      await proxy.close()
    })
    const error = await breaks(through, proxy).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(Error)
    expect(isUnavailable(error)).toBe(true)
    await proxy.restore()
    expect(await through.$queryRawUnsafe('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})
