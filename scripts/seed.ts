import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createApiKey } from '../lib/commands/directory/create-api-key'
import { createCaller } from '../lib/commands/directory/create-caller'
import { collectToken } from '../lib/commands/grant/collect-token'
import { redeemToken } from '../lib/commands/grant/redeem-token'
import { reportOutcome } from '../lib/commands/grant/report-outcome'
import { publishPolicy } from '../lib/commands/publish-policy'
import { cancelRequest } from '../lib/commands/request/cancel-request'
import { reevaluate } from '../lib/commands/request/reevaluate'
import { sealLog } from '../lib/commands/seal-log'
import { defaultPack } from '../lib/policies/packs/default'
import type { Runtime } from '../lib/runtime'
import { type DemoPerson, demoPerson, must } from './lib/demo-people'
import {
  approveWithPasskey,
  attachPlan,
  type DemoCaller,
  rejectDemo,
  submitDemo,
} from './lib/demo-votes'
import { SEED_CONTRACT } from './lib/seed-contract'
import type { SavedPasskey } from './lib/software-passkey'

/** What later processes of the demonstration need: kept beside the embedded database, readable by its owner alone. */
export interface DemoKeys {
  agentKey: string
  runtimeKey: string
  audience: string
  approver: { id: string; name: string; passkey: SavedPasskey }
  releaseManager: { id: string; name: string }
}

const APPROVERS = ['finance_approvers', 'data_stewards', 'security_approvers']
const PEOPLE = [
  ['Mara Lindqvist', 'mara', ['approver', 'release_manager'], ['release_managers', ...APPROVERS]],
  ['Tomás Rey', 'tomas', ['approver', 'release_manager'], ['release_managers', ...APPROVERS]],
  ['Aiko Mori', 'aiko', ['release_manager'], ['release_managers']],
  ['Ines Carvalho', 'ines', ['approver'], APPROVERS],
] as const

/** Demo people, policy, callers and tickets in every state. For the embedded database only, once; safe to call again. */
export async function seedDemo(runtime: Runtime): Promise<DemoKeys> {
  const file = demoFile(runtime)
  const known = await readDemo(file)
  if (known) return known
  if (!runtime.config.embedded) throw new Error('Demo data goes into the embedded database only')
  const admin = await demoPerson(
    runtime,
    { name: 'Daniel Okafor', email: 'daniel@osterby.example', roles: ['admin'], groups: [] },
    null,
  )
  const owner = await demoPerson(
    runtime,
    { name: 'Jonas Weber', email: 'jonas@osterby.example', roles: [], groups: [] },
    admin,
  )
  const people: DemoPerson[] = []
  for (const [name, mail, roles, groups] of PEOPLE) {
    const email = `${mail}@osterby.example`
    people.push(
      await demoPerson(runtime, { name, email, roles: [...roles], groups: [...groups] }, admin),
    )
  }
  const [mara, tomas, aiko] = people
  if (!mara || !tomas || !aiko) throw new Error('The demo needs three release managers')
  const zone = runtime.config.timeZone
  const source = defaultPack({ zone, businessHours: 'always' })
  must(await publishPolicy(runtime, { source, personId: admin.id }))
  const release = await demoCaller(runtime, owner.id, 'ci-release', 'deploy-runner')
  const treasury = await demoCaller(runtime, owner.id, 'treasury-agent', 'payout-service')
  await seedTickets(runtime, { release, treasury, mara, tomas, aiko })
  await sealLog(runtime)
  const keys: DemoKeys = {
    agentKey: release.agentKey,
    runtimeKey: release.runtimeKey,
    audience: 'deploy-runner',
    approver: { id: mara.id, name: mara.name, passkey: mara.passkey.save() },
    releaseManager: { id: aiko.id, name: aiko.name },
  }
  await writeFile(file, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return keys
}

/** Beside the embedded database. */
export function demoFile(runtime: Runtime): string {
  return path.resolve(runtime.config.dataFolder, 'demo.json')
}

export async function readDemo(file: string): Promise<DemoKeys | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as DemoKeys)
}

interface SeededCaller extends DemoCaller {
  runtimeKeyId: string
  audience: string
  agentKey: string
  runtimeKey: string
}

async function demoCaller(
  runtime: Runtime,
  ownerId: string,
  name: string,
  audience: string,
): Promise<SeededCaller> {
  const { callerId } = must(
    await createCaller(runtime, {
      name,
      kind: name.startsWith('ci-') ? 'ci_job' : 'agent',
      ownerId,
      roles: ['deployer'],
      environments: ['production'],
      audience,
      byPersonId: ownerId,
    }),
  )
  const make = async (kind: 'agent' | 'runtime', what: string) =>
    must(await createApiKey(runtime, { callerId, kind, name: what, byPersonId: ownerId }))
  const agent = await make('agent', 'deploy, submit only')
  const runner = await make('runtime', audience)
  return {
    callerId,
    audience,
    agentKeyId: agent.keyId,
    agentKey: agent.key,
    runtimeKeyId: runner.keyId,
    runtimeKey: runner.key,
  }
}

interface Cast {
  release: SeededCaller
  treasury: SeededCaller
  mara: DemoPerson
  tomas: DemoPerson
  aiko: DemoPerson
}

/** A ticket in every state, each brought there by the commands that bring real ones there. */
async function seedTickets(runtime: Runtime, cast: Cast): Promise<void> {
  const { release, treasury, mara, tomas, aiko } = cast
  const ran = await releasedRequest(runtime, cast, 'Deploy release 2026.03.13 to production')
  await execute(runtime, release, ran)
  await releasedRequest(runtime, cast, 'Scale the import workers to 40')
  const rejected = await submitDemo(runtime, release, deploy('Drop the 2024 session archive'))
  await rejectDemo(runtime, rejected, tomas, 'evidence_insufficient', 'No backup was checked.')
  await submitDemo(runtime, release, {
    goal: 'Deploy release 2026.03.13 to staging',
    tools: ['deploy.staging'],
    context: { environment: 'staging' },
  })
  const cancelled = await submitDemo(runtime, release, deploy('Rotate the edge certificates'))
  const actor = { kind: 'caller', id: release.callerId, keyId: release.agentKeyId } as const
  must(await cancelRequest(runtime, { requestId: cancelled, actor, reason: 'No longer needed.' }))
  const expired = await submitDemo(runtime, release, deploy('Rebuild the search index for eu-west'))
  await passDeadline(runtime, expired)
  const first = await submitDemo(runtime, treasury, payout('42800.00'))
  await submitDemo(runtime, treasury, payout('48200.00'), first)
  const toConfirm = await submitDemo(
    runtime,
    release,
    deploy('Raise the checkout rate limit from 400 to 1,200 requests a second'),
  )
  await approveWithPasskey(runtime, toConfirm, mara)
  await attachPlan(runtime, toConfirm, aiko)
  must(await reevaluate(runtime, { requestId: toConfirm, cause: 'evidence.added' }))
  await submitDemo(runtime, release, SEED_CONTRACT)
}

function deploy(goal: string): Record<string, unknown> {
  return { ...SEED_CONTRACT, goal, arguments: { 'deploy.production': { change: goal } } }
}

function payout(amount: string): Record<string, unknown> {
  return {
    goal: `Pay invoice 2026-0317 to Kestrel Freight GmbH, EUR ${amount}`,
    tools: ['payments.payout.create'],
    arguments: {
      'payments.payout.create': {
        payee: 'Kestrel Freight GmbH',
        amount,
        currency: 'EUR',
        invoice: '2026-0317',
      },
    },
    side_effects: ['money_out'],
    context: { environment: 'production' },
  }
}

async function releasedRequest(runtime: Runtime, cast: Cast, goal: string): Promise<string> {
  const requestId = await submitDemo(runtime, cast.release, deploy(goal))
  await attachPlan(runtime, requestId, cast.aiko)
  await approveWithPasskey(runtime, requestId, cast.mara)
  must(await reevaluate(runtime, { requestId, cause: 'vote.cast' }))
  return requestId
}

async function execute(runtime: Runtime, caller: SeededCaller, requestId: string): Promise<void> {
  const by = { callerId: caller.callerId, keyId: caller.runtimeKeyId }
  const { token, claims } = must(await collectToken(runtime, { requestId, ...by }))
  const row = await runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
  const contract = row.contract as { arguments?: never }
  must(
    await redeemToken(runtime, {
      token,
      call: {
        arguments: contract.arguments,
        observed: {},
        acknowledgedObligations: claims.obligations,
        environment: claims.environment,
      },
      nonce: Buffer.from(runtime.randomBytes(16)).toString('base64url'),
      audience: caller.audience,
      ...by,
    }),
  )
  must(await reportOutcome(runtime, { requestId, ...by, outcome: 'succeeded', detail: null }))
}

/** Demo data only: nobody waits a day for an example of an expired ticket. */
async function passDeadline(runtime: Runtime, requestId: string): Promise<void> {
  const deadlineAt = new Date(runtime.now())
  await runtime.db.request.update({ where: { id: requestId }, data: { deadlineAt } })
  must(await reevaluate(runtime, { requestId, cause: 'clock' }))
}
