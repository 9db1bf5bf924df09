import { beforeAll, expect, test } from 'vitest'
import { applyReleased } from '#lib/commands/change/apply-change'
import { makeChange } from '#lib/commands/change/make-change'
import { sweepEvidence } from '#lib/commands/evidence/sweep-evidence'
import { collectToken } from '#lib/commands/grant/collect-token'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { verifyAllowToken } from '#lib/core/token/verify-token'
import { openKeyRing } from '#lib/keys/key-ring'
import { ACTIVATION_LEAD_MS } from '#lib/keys/signing-keys'
import { settingsView } from '#lib/queries/settings/settings-view'
import type { Runtime } from '#lib/runtime'
import type { ChangeForm } from '#lib/wire/change'
import { testDatabase } from '../database'
import {
  approve,
  attachPlan,
  must,
  person,
  submit,
  type World,
  type WorldPerson,
  world,
} from '../world'

const DAY = 86_400_000
let here: World
let petra: WorldPerson

beforeAll(async () => {
  const { url } = await testDatabase()
  here = await world(url)
  petra = await person(here.runtime, 'Petra Novak', ['admin'])
})

async function asked(change: ChangeForm, isProved = true) {
  const proof = isProved ? ({ kind: 'totp', code: await here.owner.code() } as const) : null
  return await makeChange(here.runtime, { personId: here.owner.id, change, proof })
}

async function bySecond(change: ChangeForm): Promise<void> {
  const made = must(await asked(change))
  if (made.state !== 'proposed') throw new Error('It was applied at once')
  must(await approve(here, made.requestId, petra))
  must(await reevaluate(here.runtime, { requestId: made.requestId, cause: 'vote' }))
  await applyReleased(here.runtime)
}

/** The same installation, some time later. */
function later(ms: number): Runtime {
  const now = () => Date.now() + ms
  const { db, sealer, installation } = here.runtime
  return {
    ...here.runtime,
    now,
    keys: openKeyRing(db, { sealer, domain: installation.domain, now }),
  }
}

const viewOf = (runtime = here.runtime) =>
  settingsView(runtime, { personId: here.owner.id, method: 'passkey' })
const standings = async (purpose: 'allow_token' | 'checkpoint', runtime = here.runtime) =>
  (await viewOf(runtime)).keys
    .find((one) => one.purpose === purpose)
    ?.keys.map(({ standing }) => standing)

async function released(): Promise<string> {
  const requestId = await submit(here)
  await attachPlan(here, requestId, here.aiko)
  must(await approve(here, requestId, here.mara))
  must(await reevaluate(here.runtime, { requestId, cause: 'vote' }))
  return requestId
}

test('a signing key is replaced by two admins: both are published, and a token of the old one verifies on', async () => {
  const requestId = await released()
  const collected = must(
    await collectToken(here.runtime, {
      requestId,
      callerId: here.callerId,
      keyId: here.agent.keyId,
    }),
  )
  const { token } = collected as { token: string }
  expect(await asked({ kind: 'keys.rotate', purpose: 'allow_token' }, false)).toMatchObject({
    refusal: { code: 'mfa_required' },
  })
  expect(await standings('allow_token')).toEqual(['in_use'])
  await bySecond({ kind: 'keys.rotate', purpose: 'allow_token' })
  expect(await standings('allow_token')).toEqual(['next', 'in_use'])
  const soon = later(1_000)
  const jwks = await soon.keys.jwks()
  expect(jwks.keys).toHaveLength(2)
  const { domain } = here.runtime.installation
  const verified = (runtime: Runtime) =>
    verifyAllowToken(token, {
      jwks,
      issuer: domain,
      audience: 'deploy-runner',
      now: runtime.now(),
      clockToleranceMs: 0,
    })
  expect((await verified(soon)).ok).toBe(true)
  const old = (await soon.keys.tokenSigner()).kid
  const turned = later(ACTIVATION_LEAD_MS + 5_000)
  expect((await turned.keys.tokenSigner()).kid).not.toBe(old)
  expect((await turned.keys.jwks()).keys).toHaveLength(2)
  expect(await standings('allow_token', turned)).toEqual(['in_use', 'published'])
  expect(await standings('allow_token', later(DAY))).toEqual(['in_use', 'retired'])
  const entry = await here.runtime.db.event.findFirst({
    where: { stream: 'installation', type: 'signing_key.created' },
    orderBy: { ordinal: 'desc' },
  })
  expect(entry?.body).toMatchObject({ purpose: 'allow_token', replaces: [old], dual_control: 'on' })
  expect(JSON.stringify(entry?.body)).not.toContain('"d"')
})

test('a key that follows one is not itself replaced before it signs', async () => {
  await bySecond({ kind: 'keys.rotate', purpose: 'checkpoint' })
  expect(await asked({ kind: 'keys.rotate', purpose: 'checkpoint' })).toMatchObject({
    refusal: { code: 'change_outdated' },
  })
  expect(await standings('checkpoint', later(DAY))).toEqual(['in_use', 'published'])
})

test('evidence is kept for ever until two admins say for how long, and then what is older is erased on the record', async () => {
  const gone = await submit(here)
  const kept = await submit(here)
  const { evidenceId } = await attachPlan(here, gone, here.aiko)
  const { evidenceId: openId } = await attachPlan(here, kept, here.aiko)
  const actor = { kind: 'caller', id: here.callerId, keyId: here.agent.keyId } as const
  must(await cancelRequest(here.runtime, { requestId: gone, actor, reason: null }))
  const long = later(60 * DAY)
  expect(await sweepEvidence(long)).toBe(false)
  expect(await asked({ kind: 'settings.retention', days: 45 }, false)).toMatchObject({
    refusal: { code: 'mfa_required' },
  })
  await bySecond({ kind: 'settings.retention', days: 45 })
  expect((await viewOf()).dueCount).toBe(0)
  expect((await viewOf(long)).dueCount).toBeGreaterThan(0)
  await sweepEvidence(here.runtime)
  const bodyOf = async (id: string) =>
    (await here.runtime.db.evidence.findUniqueOrThrow({ where: { id } })).body
  expect(await bodyOf(evidenceId)).not.toBeNull()
  await sweepEvidence(long)
  expect(await bodyOf(evidenceId)).toBeNull()
  expect(await bodyOf(openId)).not.toBeNull()
  expect((await viewOf(long)).dueCount).toBe(0)
  const entry = await here.runtime.db.event.findFirst({
    where: { stream: `request:${gone}`, type: 'evidence.erased' },
  })
  expect(entry?.body).toMatchObject({ evidence_id: evidenceId })
})

test('keeping evidence longer asks nobody', async () => {
  await here.runtime.db.installation.update({ where: { id: 1 }, data: { evidenceDays: 45 } })
  const told = must(await asked({ kind: 'settings.retention', days: 365 }, false))
  expect(told).toEqual({ state: 'applied', dualControl: 'not_needed' })
  expect((await viewOf()).evidenceDays).toBe(365)
  must(await asked({ kind: 'settings.retention', days: null }, false))
  expect((await viewOf()).evidenceDays).toBeNull()
})
