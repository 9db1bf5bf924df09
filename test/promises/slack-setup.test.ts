import { describe, expect, it } from 'vitest'
import { announceRequest } from '#lib/commands/slack/delivery/announce-request'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { publishRouting } from '#lib/commands/slack/workspace/publish-routing'
import { testDatabase } from '../database'
import { CHANNEL, deliveryWorld, waiting } from '../slack-delivery'
import { must, submit, world } from '../world'

const off = await world((await testDatabase()).url)
const on = await deliveryWorld((await testDatabase()).url, { isInstalled: false })

describe('where Slack is not set up', () => {
  it('nothing is written for it, and the wake-up is done', async () => {
    must(await publishRouting(off.runtime, { source: `default: ${CHANNEL}`, personId: null }))
    await submit(off)
    const wakeUps = await waiting(off.runtime)
    expect(wakeUps).toHaveLength(1)
    for (const wakeUp of wakeUps) await announceRequest(off.runtime, wakeUp)
    const { db } = off.runtime
    expect(await waiting(off.runtime)).toEqual([])
    expect(await db.slackWatch.count()).toBe(0)
    expect(await db.slackDelivery.count()).toBe(0)
    expect(await db.slackMessage.count()).toBe(0)
  })
})

describe('where no routing was published', () => {
  it('every held request says that no channel is set, and none is invented', async () => {
    const requestId = await submit(on)
    await on.settle()
    expect(await on.runtime.db.slackDelivery.findMany({ where: { requestId } })).toMatchObject([
      { target: 'route', state: 'failed', why: 'No Slack channel is set for deploy.production.' },
    ])
    const watch = await on.runtime.db.slackWatch.findUniqueOrThrow({ where: { requestId } })
    expect(watch.unreachedSince).not.toBeNull()
    expect(on.double.calls).toEqual([])
  })

  it('the first one tells what is held already, once the app is installed', async () => {
    await on.publish(`default: ${CHANNEL}`)
    await on.settle()
    const [message] = await on.runtime.db.slackMessage.findMany()
    expect(message).toMatchObject({ kind: 'card', state: 'queued', ts: null })
    expect(message?.why).toContain('not connected')
    expect(message?.dueAt?.getTime()).toBeGreaterThan(Date.now())
    expect(on.double.posted()).toEqual([])
    await installAtStart(on.runtime, new AbortController().signal)
    await on.passTime()
    await on.tick()
    expect(on.double.posted(CHANNEL)).toHaveLength(1)
  })
})

describe('a routing', () => {
  const { runtime } = on
  const publish = (source: string) => publishRouting(runtime, { source, personId: on.owner.id })

  it('is a version of its own each time, and on record in the audit trail', async () => {
    const { ordinal } = must(await publish(`default: ${CHANNEL}\n`))
    const { ordinal: next } = must(await publish(`default: ${CHANNEL}\nalerts: C0ALERTS\n`))
    expect(next).toBe(ordinal + 1)
    const events = await runtime.db.event.findMany({
      where: { stream: 'installation', type: 'slack.routing_published' },
      orderBy: { ordinal: 'asc' },
    })
    expect(events.at(-1)).toMatchObject({
      actor: { kind: 'person', id: on.owner.id },
      body: { ordinal: next, replaces: ordinal },
    })
    await expect(runtime.db.slackRouting.deleteMany()).rejects.toThrow()
  })

  it('that names a group nobody knows is refused with its line, and the old one stays', async () => {
    const before = await runtime.db.slackRouting.count()
    const refused = await publish(
      `default: ${CHANNEL}\nescalate:\n  - { after: 1h, group: release_managers }\n  - { after: 2h, group: nobodies }\n`,
    )
    expect(refused).toMatchObject({
      ok: false,
      refusal: {
        fields: [{ path: '/escalate/1/group', message: 'Line 4: There is no group nobodies.' }],
      },
    })
    expect(await runtime.db.slackRouting.count()).toBe(before)
  })

  it('may name one channel as often as it likes', async () => {
    const twice = `routes: [{ channel: ${CHANNEL}, tools: [a.*] }, { channel: ${CHANNEL}, tools: [b.*] }]\n`
    expect((await publish(twice)).ok).toBe(true)
  })
})
