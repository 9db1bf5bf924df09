// A service that pays out and holds the runtime's key: PORT=8080 node payout-service.mjs
// Whoever asks for a payout has submitted its contract with a key of their own, and sends the contract and its handle to /payouts.
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { Countersign, CountersignError, guard } from '@countersign/sdk'

const TOOL = 'payouts.create'
const client = new Countersign({
  url: process.env.COUNTERSIGN_URL ?? '',
  runtimeKey: process.env.COUNTERSIGN_RUNTIME_KEY,
  audience: 'payout-service',
})

/** The ledger: where the money goes, as this service knows it, not as anybody says. */
const ACCOUNTS = new Map([['ven_204', process.env.VEN_204_IBAN ?? 'DE02120300000000202051']])

/** @param {{ contract: import('@countersign/sdk').Contract, handle: import('@countersign/sdk').Handle }} order */
async function payOut({ contract, handle }) {
  if (contract.tools.length !== 1 || contract.tools[0] !== TOOL) return refused('not_a_payout')
  const asked = /** @type {Record<string, any>} */ (contract.arguments?.[TOOL] ?? {})
  try {
    const { value, reportError } = await guard(client, contract, transfer, {
      handle,
      // People signed a payout to this account. If the payee's account has changed since, redeem refuses and the grant is burnt.
      observe: () => ({ payee_account: ACCOUNTS.get(asked.payee) ?? null }),
      // A bound that it can keep: it knows what a payout costs.
      keeps: ({ name, value: most }) => name === 'max_cost_usd' && asked.amount <= Number(most),
    })
    if (reportError) console.error(reportError)
    return { status: 200, body: { paid: true, ...value } }
  } catch (error) {
    if (error instanceof CountersignError)
      return { status: 409, body: { paid: false, ...error.toJSON() } }
    throw error
  }
}

/** Runs once. The request's id makes a good idempotency key for the bank too. @param {import('@countersign/sdk').Released} released */
function transfer({ requestId, arguments: signed }) {
  return { reference: requestId, ...signed?.[TOOL] }
}

/** @param {string} code */
function refused(code) {
  return { status: 400, body: { paid: false, code } }
}

const server = createServer(async (request, response) => {
  try {
    const { status, body } = await payOut(/** @type {any} */ (await json(request)))
    response.writeHead(status).end(JSON.stringify(body))
  } catch (error) {
    console.error(error)
    response.writeHead(500).end(JSON.stringify({ paid: 'unknown' }))
  }
})
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : address}`)
})
