import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createEndpoint } from '../../lib/commands/webhook/create-endpoint'
import { setEndpointState } from '../../lib/commands/webhook/set-endpoint-state'
import type { Runtime } from '../../lib/runtime'
import { type WebhookEvent, webhooks } from '../../sdk/index'
import { must } from './demo-people'
import type { Teller } from './demo-slack-leg'

/** A server of the caller's own, in this process. */
export interface WebhookLeg {
  /** Shows what the server was told of a request, once it was told of both. */
  tell(requestId: string): Promise<void>
  /** Takes the endpoint and the server away. */
  stop(): Promise<void>
}

const CALLER = 'ci-release'
const NAME = 'npm run demo'
const TOLD_OF = ['request.deferred', 'request.released'] as const
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 50

/** Before the agent asks: a server that verifies what it is told, and an endpoint that leads there. */
export async function startWebhookLeg(runtime: Runtime, teller: Teller): Promise<WebhookLeg> {
  const received: WebhookEvent[] = []
  let secret = ''
  const server = await listen(async (request) => {
    const event = webhooks.unwrap(await bodyOf(request), request.headers, { secret })
    // At least once: a second time is no news.
    if (!received.some(({ id }) => id === event.id)) received.push(event)
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/countersign`
  const caller = await runtime.db.caller.findUniqueOrThrow({ where: { name: CALLER } })
  const owner = { callerId: caller.id, personId: caller.ownerId }
  await removeLeftOver(runtime, owner)
  const settings = { url, description: NAME, eventTypes: [...TOLD_OF] }
  const added = must(await createEndpoint(runtime, { ...owner, ...settings }))
  secret = added.secret
  return {
    tell: (requestId) => tell({ url, received, requestId }, teller),
    stop: async () => {
      await remove(runtime, owner.personId, added.endpointId)
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A demonstration that was killed took nothing away. */
async function removeLeftOver(
  runtime: Runtime,
  { callerId, personId }: { callerId: string; personId: string },
): Promise<void> {
  const where = { callerId, description: NAME, state: { not: 'removed' } }
  const left = await runtime.db.webhookEndpoint.findMany({ where, select: { id: true } })
  for (const { id } of left) await remove(runtime, personId, id)
}

async function remove(runtime: Runtime, personId: string, endpointId: string): Promise<void> {
  must(await setEndpointState(runtime, { endpointId, personId, state: 'removed' }))
}

async function tell(
  { url, received, requestId }: { url: string; received: WebhookEvent[]; requestId: string },
  { step, say, expect }: Teller,
): Promise<void> {
  step('A server of the caller was told by webhook, and verified each signature')
  const told = () => received.filter((event) => isOf(event, requestId))
  const limit = Date.now() + PATIENCE_MS
  while (told().length < TOLD_OF.length && Date.now() < limit) await pause(LOOK_EVERY_MS)
  const types: string[] = told().map(({ type }) => type)
  expect(
    TOLD_OF.every((type) => types.includes(type)),
    'the webhooks of being held and of being released arrive',
  )
  say(`  ${url} received:`)
  for (const { type, id } of told()) say(`    ${type.padEnd(18)} webhook-id ${id}`)
  say('  no token among them: whoever wants to act asks with a key of their own')
}

function isOf(event: WebhookEvent, requestId: string): boolean {
  return 'request_id' in event.data && event.data.request_id === requestId
}

async function listen(take: (request: IncomingMessage) => Promise<void>): Promise<Server> {
  const server = createServer((request, response) => {
    take(request).then(
      () => response.writeHead(204).end(),
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
