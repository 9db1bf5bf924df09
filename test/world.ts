import { randomBytes } from 'node:crypto'
import { afterAll } from 'vitest'
import { TOTP_SEAL_PURPOSE } from '#lib/auth/totp'
import { codeOfStep, totpStep } from '#lib/auth/totp-code'
import { bootstrap } from '#lib/commands/bootstrap'
import { addMember } from '#lib/commands/directory/add-member'
import { createApiKey } from '#lib/commands/directory/create-api-key'
import { createCaller } from '#lib/commands/directory/create-caller'
import { createPerson } from '#lib/commands/directory/create-person'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { publishPolicy } from '#lib/commands/publish-policy'
import { submitRequest } from '#lib/commands/request/submit-request'
import { castVote } from '#lib/commands/vote/cast-vote'
import { parseConfig } from '#lib/config'
import { type Contract, readContract } from '#lib/core/contract/contract'
import type { Result } from '#lib/core/result'
import { buildReview, reviewDigest } from '#lib/core/ticket/review'
import { createDb } from '#lib/db/client'
import { createSealer } from '#lib/keys/seal'
import { defaultPack } from '#lib/policies/packs/default'
import { readHeld } from '#lib/queries/read-held'
import { createRuntime, type Runtime } from '#lib/runtime'
import type { Role } from '#lib/wire/change'

/** The seed's deploy contract, as the README shows it. */
export const SEED_CONTRACT = `{
  "goal": "Deploy release 2026.03.14 to production",
  "tools": ["deploy.production"],
  "constraints": ["require_approval: true", "allowed_change_window: business_hours", "rollback_plan_required: true", "mfa_required: true"],
  "side_effects": ["service_impact", "write"],
  "context": {
    "actor_role": "release_manager",
    "environment": "production",
    "approval_status": "pending",
    "ticket_id": "OPS-214",
    "rollback_plan": false
  }
}`

export const ROLLBACK_PLAN = {
  steps: ['Drain eu-west and hold the queue', 'Point the router back at 2026.03.07'],
  owner: 'Aiko Mori',
  estimated_minutes: 12,
  previous_version: '2026.03.07',
  tested: true,
}

export interface WorldPerson {
  id: string
  name: string
  /** A code that counts now. Its step is free again, as if half a minute had passed: tests do not wait. */
  code: () => Promise<string>
}

export interface World {
  runtime: Runtime
  owner: WorldPerson
  mara: WorldPerson
  tomas: WorldPerson
  aiko: WorldPerson
  ines: WorldPerson
  callerId: string
  agent: { keyId: string; key: string }
  runtimeKey: { keyId: string; key: string }
  contract: Contract
}

/** An installation as after its first day: policy, people with authenticators, groups, a caller with two keys. */
export async function world(
  databaseUrl: string,
  options: { env?: Record<string, string>; policy?: string } = {},
): Promise<World> {
  const config = parseConfig({
    DATABASE_URL: databaseUrl,
    PUBLIC_URL: 'http://localhost:3000',
    COUNTERSIGN_SECRET: 'a secret for tests that is long enough',
    LOG_LEVEL: 'silent',
    DATABASE_POOL_MAX: '30',
    // Tests of other things submit in crowds.
    CALLER_OPEN_LIMIT: '100000',
    CALLER_SUBMITS_PER_MINUTE: '1000000',
    ...options.env,
  })
  const db = createDb(databaseUrl)
  await bootstrap(db, config, createSealer(config.secret), Date.now())
  await db.$disconnect()
  const runtime = await createRuntime(config)
  afterAll(() => runtime.close())
  const owner = await person(runtime, 'Jonas Weber', ['admin'])
  const mara = await person(runtime, 'Mara Lindqvist', ['release_manager', 'approver'])
  const tomas = await person(runtime, 'Tomás Rey', ['release_manager', 'approver'])
  const aiko = await person(runtime, 'Aiko Mori', ['release_manager', 'approver'])
  const ines = await person(runtime, 'Ines Carvalho', ['approver'])
  for (const { id } of [mara, tomas, aiko, owner]) await join(runtime, 'release_managers', id)
  for (const { id } of [ines, mara, tomas]) {
    for (const group of ['finance_approvers', 'data_stewards', 'security_approvers']) {
      await join(runtime, group, id)
    }
  }
  const source = options.policy ?? defaultPack({ zone: 'Europe/Berlin', businessHours: 'always' })
  must(await publishPolicy(runtime, { source, personId: null }))
  const { callerId } = must(
    await createCaller(runtime, {
      name: 'ci-release',
      kind: 'ci_job',
      ownerId: owner.id,
      roles: ['deployer'],
      environments: ['production', 'staging'],
      audience: 'deploy-runner',
      byPersonId: owner.id,
    }),
  )
  const key = (kind: 'agent' | 'runtime') =>
    createApiKey(runtime, { callerId, kind, name: kind, byPersonId: owner.id })
  const contract = must(readContract(SEED_CONTRACT))
  const agent = must(await key('agent'))
  const runtimeKey = must(await key('runtime'))
  return { runtime, owner, mara, tomas, aiko, ines, callerId, agent, runtimeKey, contract }
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`)
  return result.value
}

export async function person(runtime: Runtime, name: string, roles: Role[]): Promise<WorldPerson> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]/g, '.')}@osterby.example`
  const { personId } = must(await createPerson(runtime, { name, email, roles, byPersonId: null }))
  const secret = randomBytes(20)
  const longAgo = new Date(Date.now() - 86_400_000)
  await runtime.db.totp.create({
    data: {
      personId,
      sealedSecret: runtime.sealer.seal(TOTP_SEAL_PURPOSE, personId, secret),
      createdAt: longAgo,
      verifiedAt: longAgo,
      confirmedAt: longAgo,
      confirmedBy: personId,
    },
  })
  const code = async () => {
    await runtime.db.totp.update({ where: { personId }, data: { lastStep: 0 } })
    return codeOfStep(secret, totpStep(Date.now()))
  }
  return { id: personId, name, code }
}

export async function join(runtime: Runtime, group: string, personId: string): Promise<void> {
  const label = group.replaceAll('_', ' ')
  must(await addMember(runtime, { group, label, personId, expiresAt: null, byPersonId: null }))
}

export async function submit(
  w: World,
  contract: Contract = w.contract,
  runKey: string | null = null,
): Promise<string> {
  const { keyId } = w.agent
  const input = { contract, callerId: w.callerId, keyId, runKey, supersedes: null }
  return must(await submitRequest(w.runtime, input)).requestId
}

export async function attachPlan(w: World, requestId: string, author: WorldPerson) {
  const actor = { kind: 'person', id: author.id } as const
  const plan = {
    requestId,
    actor,
    type: 'rollback_plan',
    body: ROLLBACK_PLAN,
    channel: 'web',
  } as const
  return must(await addEvidence(w.runtime, plan))
}

/** What a voter's screen would show now. */
export async function shownDigest(runtime: Runtime, requestId: string): Promise<string> {
  const held = await readHeld(runtime, runtime.db, { requestId })
  if (!held) throw new Error('no such request')
  return reviewDigest(buildReview(held.facts, held.evaluateAt(held.now)))
}

export async function approve(w: World, requestId: string, voter: WorldPerson) {
  return await castVote(w.runtime, {
    requestId,
    personId: voter.id,
    choice: 'approve',
    channel: 'web',
    reviewDigest: await shownDigest(w.runtime, requestId),
    mfa: { kind: 'totp', code: await voter.code() },
    note: null,
    reason: null,
  })
}
