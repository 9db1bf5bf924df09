import { beforeEach, describe, expect, it } from 'vitest'
import { buttonBody, type SlackBody, submissionBody } from '../../scripts/slack/signed-body'
import { testDatabase } from '../database'
import { startPgProxy } from '../pg-proxy'
import { promised } from '../promised'
import { openDoor, slackEdge } from '../slack-door'
import { world } from '../world'

const { url } = await testDatabase()
const { double, env } = await slackEdge()
const proxy = await startPgProxy(url)
const w = await world(proxy.url, { env })
const worked: string[] = []
const door = await openDoor(w.runtime, double, (app) => {
  app.action('probe', async ({ ack, body }) => {
    await ack()
    await w.runtime.db.person.count()
    worked.push(body.user.id)
  })
  app.view('probe', async ({ ack, body }) => {
    await ack({ response_action: 'clear' })
    worked.push(body.user.id)
  })
})

const CLICKS = 100
/** Nobody waits a sixth of what Slack does. */
const MOST_MS = 500
/** Slack waits so long; a database that hangs, for ever. */
const SLACK_WAITS_MS = 3_000

beforeEach(async () => {
  worked.length = 0
  await proxy.restore()
  // Everybody is known before the trouble begins, as after an hour of use.
  for (let at = 0; at < CLICKS; at++) await door.send(click(at))
  await door.app.settled()
  worked.length = 0
  double.calls.length = 0
})

let presses = 0
function click(at: number): SlackBody {
  presses++
  return buttonBody(door.sender, {
    user: { id: `U0CLICK${at}`, name: `click ${at}` },
    action: { type: 'button', action_id: 'probe', block_id: 'b', value: 'v' },
    triggerId: `trigger-${presses}`,
    message: {
      channel: { id: 'C0RELEASES', name: 'releases' },
      ts: `1700000000.${presses}`,
      content: { text: 'a card' },
      responseUrl: double.responseUrl(`press-${presses}`),
    },
    view: null,
  })
}

/** How long each of a hundred clicks at once waits for its answer; the slowest of 99 in a hundred. */
async function clickAll(): Promise<{ p99: number; statuses: Set<number> }> {
  const bodies = Array.from({ length: CLICKS }, (_, at) => click(at))
  const answers = await Promise.all(
    bodies.map(async (body) => {
      const began = performance.now()
      const { status } = await door.send(body)
      return { status, ms: performance.now() - began }
    }),
  )
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const p99 = times[Math.ceil(CLICKS * 0.99) - 1] ?? Number.POSITIVE_INFINITY
  return { p99, statuses: new Set(answers.map(({ status }) => status)) }
}

describe('Slack is answered at once, whatever the database does', () => {
  it('100 clicks at once are answered within half a second while the database hangs, and none is lost once it is back', async () => {
    proxy.freeze()
    const { p99, statuses } = await clickAll()
    expect(p99).toBeLessThan(promised(MOST_MS, SLACK_WAITS_MS))
    expect([...statuses]).toEqual([200])
    expect(worked).toEqual([])
    await proxy.restore()
    await door.app.settled()
    const told = double.callsOf('response_url').length
    expect(told).toBe(0)
    expect(new Set(worked).size).toBe(CLICKS)
    expect(worked).toHaveLength(CLICKS)
  })

  it('while the database is gone each of 100 clicks is answered at once, and told that it was not counted', async () => {
    await proxy.cut()
    const { p99, statuses } = await clickAll()
    expect(p99).toBeLessThan(promised(MOST_MS, SLACK_WAITS_MS))
    expect([...statuses]).toEqual([200])
    await door.app.settled()
    expect(worked).toEqual([])
    const told = double.callsOf('response_url').map(({ args }) => String(args['text']))
    expect(told).toHaveLength(CLICKS)
    expect(new Set(told).size).toBe(1)
    expect(told[0]).toContain('Nothing was counted')
  })

  it('whoever sends a form while the database is gone reads in its window that nothing was counted', async () => {
    double.views.set('V9', {})
    await proxy.cut()
    const view = { id: 'V9', type: 'modal', callback_id: 'probe', state: { values: {} } }
    const user = { id: 'U0CLICK1', name: 'click 1' }
    const answer = await door.send(submissionBody(door.sender, { user, triggerId: 't', view }))
    expect(await answer.json()).toEqual({ response_action: 'clear' })
    await door.app.settled()
    expect(worked).toEqual([])
    expect(JSON.stringify(double.views.get('V9'))).toContain('Nothing was counted')
  })

  it('once the database is back, the next click is worked on as ever', async () => {
    await proxy.cut()
    await door.send(click(1))
    await door.app.settled()
    await proxy.restore()
    await door.send(click(1))
    await door.app.settled()
    expect(worked).toEqual(['U0CLICK1'])
  })
})
