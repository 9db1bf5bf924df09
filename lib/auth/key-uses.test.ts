import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApi } from '../../api/app'
import { testDatabase } from '../../test/database'
import { type World, world } from '../../test/world'
import { createKeyUses } from './key-uses'

let here: World

beforeAll(async () => {
  const { url } = await testDatabase()
  here = await world(url)
})

afterEach(() => {
  vi.useRealTimers()
})

const lastUsed = async (id = here.agent.keyId) => {
  const row = await here.runtime.db.apiKey.findUniqueOrThrow({ where: { id } })
  return row.lastUsedAt?.getTime() ?? null
}

/** The database, and how many statements were sent to it. */
function counted() {
  const { db } = here.runtime
  const sent: unknown[][] = []
  const counting: Pick<typeof db, '$executeRawUnsafe'> = {
    $executeRawUnsafe: (sql, ...values) => {
      sent.push(values)
      return db.$executeRawUnsafe(sql, ...values)
    },
  }
  return { db: counting, sent }
}

const quiet = () => ({ warn: vi.fn() })

describe('when a key was used last', () => {
  test('is written once for many uses of many keys, and at the latest when the minute is over', async () => {
    const { db, sent } = counted()
    let now = Date.parse('2026-03-01T10:00:00.000Z')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const uses = createKeyUses({ db, log: quiet(), now: () => now })
    for (let each = 0; each < 100; each++) {
      now += 1
      uses.note(here.agent.keyId)
      uses.note(here.runtimeKey.keyId)
    }
    vi.advanceTimersByTime(59_999)
    expect(sent).toHaveLength(0)
    vi.advanceTimersByTime(1)
    vi.useRealTimers()
    await uses.close()
    expect(sent).toHaveLength(1)
    expect([await lastUsed(), await lastUsed(here.runtimeKey.keyId)]).toEqual([now, now])
  })

  test('is not lost when the process stops, and nothing is written where nothing was used', async () => {
    const { db, sent } = counted()
    const at = Date.parse('2026-03-02T10:00:00.000Z')
    const uses = createKeyUses({ db, log: quiet(), now: () => at })
    uses.note(here.agent.keyId)
    await uses.close()
    await uses.close()
    expect([sent.length, await lastUsed()]).toEqual([1, at])
  })

  test('never goes back, whichever process writes last', async () => {
    const at = Date.parse('2026-03-03T10:00:00.000Z')
    const [late, early] = [at, at - 30_000].map((time) =>
      createKeyUses({ db: here.runtime.db, log: quiet(), now: () => time }),
    )
    late?.note(here.agent.keyId)
    early?.note(here.agent.keyId)
    await late?.close()
    await early?.close()
    expect(await lastUsed()).toBe(at)
  })

  test('is kept for the next time where the database cannot be reached', async () => {
    const at = Date.parse('2026-03-04T10:00:00.000Z')
    const log = quiet()
    let isDown = true
    const db: Parameters<typeof createKeyUses>[0]['db'] = {
      $executeRawUnsafe: (sql, ...values) => {
        if (isDown) throw new Error('down')
        return here.runtime.db.$executeRawUnsafe(sql, ...values)
      },
    }
    const uses = createKeyUses({ db, log, now: () => at })
    uses.note(here.agent.keyId)
    await uses.write()
    expect(log.warn).toHaveBeenCalledOnce()
    isDown = false
    await uses.close()
    expect(await lastUsed()).toBe(at)
  })

  test('is noted of whoever is let in, and of nobody else', async () => {
    const noted: string[] = []
    const listener = here.runtime.listen()
    const api = createApi({ runtime: here.runtime, listener, noteKey: (id) => noted.push(id) })
    const ask = (key: string) =>
      api.request(`/v1/requests/req_${'0'.repeat(26)}`, {
        headers: { authorization: `Bearer ${key}` },
      })
    await ask('csk_agent_none')
    expect((await ask(here.agent.key)).status).toBe(404)
    await listener.close()
    expect(noted).toEqual([here.agent.keyId])
  })
})
