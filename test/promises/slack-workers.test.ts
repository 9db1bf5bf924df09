import { expect, it } from 'vitest'
import { testDatabase } from '../database'
import { release } from '../settle'
import { asking, CHANNEL, deliveryWorld, textOf } from '../slack-delivery'
import { SLACK_ENV } from '../slack-rows'
import { startWorker } from '../worker-process'
import { submit } from '../world'

const { url } = await testDatabase()
const w = await deliveryWorld(url)
const { double } = w
const { db, config } = w.runtime
await w.publish(`default: ${CHANNEL}\n`)
const env = { ...SLACK_ENV, SLACK_BOT_TOKEN: double.botToken, SLACK_API_URL: double.url }
const worker = () => startWorker(config, env)
const cards = (words: string) =>
  double.posted(CHANNEL).filter((message) => textOf(message).includes(words))
const stateOf = async (id: string) => (await db.request.findUniqueOrThrow({ where: { id } })).state
const WAIT = { timeout: 20_000, interval: 50 }

it('two worker processes tell each request once, and again what becomes of it', {
  timeout: 60_000,
}, async () => {
  const workers = await Promise.all([worker(), worker()])
  const asks = [1, 2, 3, 4].map((n) => submit(w, asking(w.contract, `two.${n}`)))
  const requests = await Promise.all(asks)
  await expect.poll(() => double.posted(CHANNEL).length, WAIT).toBe(4)
  const [first = ''] = requests
  await release(w, first)
  await expect.poll(() => cards('Mara Lindqvist').length, WAIT).toBe(1)
  expect(double.posted(CHANNEL)).toHaveLength(4)
  expect(double.callsOf('chat.postMessage').filter(({ args }) => !args['thread_ts'])).toHaveLength(
    4,
  )

  // Slack goes: everything else goes on.
  double.trouble({ kind: 'down' })
  const unheard = await submit(w, asking(w.contract, 'unheard'))
  await release(w, unheard)
  await expect.poll(() => stateOf(unheard), WAIT).toBe('released')
  const failed = () => db.slackMessage.findFirst({ where: { requestId: unheard } })
  await expect.poll(async () => (await failed())?.state, WAIT).toBe('failed')
  double.heal()
  // Nobody but the clock wakes it.
  await expect.poll(async () => (await failed())?.state, { ...WAIT, timeout: 40_000 }).toBe('sent')
  expect(double.posted(CHANNEL)).toHaveLength(5)
  await Promise.all(workers.map((each) => each.drain()))
})

it('a worker killed while Slack takes its card leaves one copy too many, and the next one goes on', {
  timeout: 60_000,
}, async () => {
  const doomed = await worker()
  double.calls.length = 0
  double.trouble({ kind: 'swallow' }, { method: 'chat.postMessage', times: 1 })
  const before = double.posted(CHANNEL).length
  const requestId = await submit(w, asking(w.contract, 'killed'))
  await expect.poll(() => double.posted(CHANNEL).length, WAIT).toBe(before + 1)
  await doomed.signal('SIGKILL')
  double.heal()
  await worker()
  await w.passTime()
  const card = () => db.slackMessage.findFirst({ where: { requestId } })
  await expect.poll(async () => (await card())?.state, { ...WAIT, timeout: 40_000 }).toBe('sent')
  expect(double.posted(CHANNEL)).toHaveLength(before + 2)
  expect((await card())?.ts).toBe(double.posted(CHANNEL).at(-1)?.ts)
})
