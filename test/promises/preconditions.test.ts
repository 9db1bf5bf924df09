import { expect, it } from 'vitest'
import { createEndpoint } from '#lib/commands/webhook/create-endpoint'
import { ticketView } from '#lib/queries/ticket/ticket-view'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { must, world } from '../world'
import { collect, released } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { ask } = apiOf(w.runtime)
const { db } = w.runtime

it('a precondition that no longer holds is refused with its name, burns the grant, and is told on record, ticket and webhook', async () => {
  const { endpointId } = must(
    await createEndpoint(w.runtime, {
      callerId: w.callerId,
      personId: w.owner.id,
      url: 'https://hooks.example.com/',
      description: '',
      eventTypes: ['grant.burnt'],
    }),
  )
  const preconditions = [{ name: 'plan', equals: { sha: 'abc' } }]
  const requestId = await released(w, { ...w.contract, preconditions })
  const token = await collect(w, requestId)
  const body = { token, observed: { plan: { sha: 'abd' } }, environment: 'production' }
  const redeem = (nonce: string) =>
    ask('POST', '/v1/tokens/redeem', { key: w.runtimeKey.key, body: { ...body, nonce } })
  expect(await redeem('a first nonce of sixteen')).toMatchObject({
    status: 409,
    body: { code: 'precondition_failed', disposition: 'burn', meta: { failed: ['plan'] } },
  })
  // Burnt is burnt, also where the world is again as it was.
  body.observed.plan.sha = 'abc'
  expect(await redeem('another nonce of sixteen')).toMatchObject({
    status: 409,
    body: { code: 'grant_burnt' },
  })

  const { body: told } = await ask('GET', `/v1/requests/${requestId}`, { key: w.agent.key })
  expect(told['grant']).toMatchObject({ state: 'burnt', redeemed_at: null })
  const events = await db.event.findMany({ where: { stream: `request:${requestId}` } })
  expect(events.find(({ type }) => type === 'grant.burnt')?.body).toMatchObject({
    code: 'precondition_failed',
  })
  expect(await db.webhookDelivery.findMany({ where: { endpointId, requestId } })).toMatchObject([
    { type: 'grant.burnt', state: 'due' },
  ])
  const view = await ticketView(w.runtime, { requestId, viewerId: w.mara.id })
  expect(view?.grant).toMatchObject({ state: 'burnt', redeemed: null })
  expect(JSON.stringify(view?.grant?.ended?.reason)).toContain('precondition_failed')
})
