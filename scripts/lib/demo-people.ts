import { confirmFactor } from '#lib/commands/factor/confirm-factor'
import { confirmTotp } from '#lib/commands/factor/confirm-totp'
import { enrolPasskey } from '#lib/commands/factor/enrol-passkey'
import { enrolTotp } from '#lib/commands/factor/enrol-totp'
import { startPasskeyEnrolment } from '#lib/commands/factor/start-passkey-enrolment'
import { startStepUp } from '#lib/commands/factor/start-step-up'
import { TOTP_SEAL_PURPOSE } from '../../lib/auth/totp'
import { codeOfStep, totpStep } from '../../lib/auth/totp-code'
import { addMember } from '../../lib/commands/directory/add-member'
import { createPerson } from '../../lib/commands/directory/create-person'
import type { Result } from '../../lib/core/result'
import type { Runtime } from '../../lib/runtime'
import type { FactorRef } from '../../lib/wire/auth'
import type { Role } from '../../lib/wire/change'
import { createSoftwarePasskey, type SoftwarePasskey } from './software-passkey'

export interface DemoPerson {
  id: string
  name: string
  passkey: SoftwarePasskey
}

interface NewPerson {
  name: string
  email: string
  roles: Role[]
  groups: string[]
}

export const GROUP_LABELS: Record<string, string> = {
  release_managers: 'Release managers',
  finance_approvers: 'Finance approvers',
  data_stewards: 'Data stewards',
  security_approvers: 'Security approvers',
}

/**
 * Makes a person with a passkey and an authenticator app the way people do: enrolled by themselves, confirmed by
 * `confirmer`. Without one it is the first admin, who confirms alone; the audit trail says so.
 */
export async function demoPerson(
  runtime: Runtime,
  { name, email, roles, groups }: NewPerson,
  confirmer: DemoPerson | null,
): Promise<DemoPerson> {
  const { personId: id } = must(
    await createPerson(runtime, { name, email, roles, byPersonId: confirmer?.id ?? null }),
  )
  for (const group of groups) {
    const label = GROUP_LABELS[group] ?? group
    const membership = {
      group,
      label,
      personId: id,
      expiresAt: null,
      byPersonId: confirmer?.id ?? null,
    }
    must(await addMember(runtime, membership))
  }
  const passkey = createSoftwarePasskey(runtime.config.publicUrl)
  const person = { id, name, passkey }
  const started = must(await startPasskeyEnrolment(runtime, { personId: id, proof: null }))
  const response = passkey.register(started.options)
  const enrolled = must(
    await enrolPasskey(runtime, { personId: id, name: 'Demo passkey', response }),
  )
  await confirm(
    runtime,
    confirmer ?? person,
    { kind: 'passkey', id: enrolled.id },
    confirmer === null,
  )
  await addTotp(runtime, person)
  await knowAll(runtime, id)
  return person
}

/** Whoever was set up here knows what was set up: nothing waits for them to be read, and nothing is sent to Slack. */
export async function knowAll(runtime: Runtime, personId: string): Promise<void> {
  await runtime.db.announcement.updateMany({
    where: { personId },
    data: { seenAt: new Date(runtime.now()), dueAt: null },
  })
}

/** The code the person's authenticator app shows now. Possible only where the secrets are at hand: on demo data. */
export async function currentCode(runtime: Runtime, personId: string): Promise<string> {
  const row = await runtime.db.totp.findUniqueOrThrow({ where: { personId } })
  const secret = runtime.sealer.open(TOTP_SEAL_PURPOSE, personId, row.sealedSecret)
  return codeOfStep(secret, totpStep(runtime.now()))
}

/**
 * A code that counts and was not used yet. Three steps count at any time, so there is hardly ever one to wait for: the
 * demonstration votes twice in a row, which people do not.
 */
export async function unusedCode(runtime: Runtime, personId: string): Promise<string> {
  for (;;) {
    const code = await codeNotUsed(runtime, personId)
    if (code !== null) return code
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

/** The same without waiting: null while all that count now are used, or where there is no authenticator. */
export async function codeNotUsed(runtime: Runtime, personId: string): Promise<string | null> {
  const row = await runtime.db.totp.findUnique({ where: { personId } })
  if (!row) return null
  const current = totpStep(runtime.now())
  const step = Math.max(Number(row.lastStep) + 1, current)
  if (step > current + 1) return null
  const secret = runtime.sealer.open(TOTP_SEAL_PURPOSE, personId, row.sealedSecret)
  return codeOfStep(secret, step)
}

async function confirm(
  runtime: Runtime,
  by: DemoPerson,
  factor: FactorRef,
  isAlone: boolean,
): Promise<void> {
  const proof = isAlone ? null : await stepUp(runtime, by, { action: 'confirm_factor', factor })
  must(await confirmFactor(runtime, { actorId: by.id, factor, proof }))
}

async function addTotp(runtime: Runtime, person: DemoPerson): Promise<void> {
  const personId = person.id
  const proof = await stepUp(runtime, person, { action: 'add_factor' })
  const offered = must(await enrolTotp(runtime, { personId, proof }))
  const row = await runtime.db.challenge.findUniqueOrThrow({ where: { id: offered.enrolmentId } })
  const { sealedSecret } = row.payload as { sealedSecret: string }
  const secret = runtime.sealer.open(TOTP_SEAL_PURPOSE, personId, sealedSecret)
  // One step back, so that the code on the screen right after the first start is still unused.
  const code = codeOfStep(secret, totpStep(runtime.now()) - 1)
  must(await confirmTotp(runtime, { personId, enrolmentId: offered.enrolmentId, code }))
}

async function stepUp(
  runtime: Runtime,
  person: DemoPerson,
  action: Parameters<typeof startStepUp>[1]['action'],
) {
  const { options } = must(await startStepUp(runtime, { personId: person.id, action }))
  return { kind: 'passkey' as const, assertion: person.passkey.sign(options) }
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`Refused: ${JSON.stringify(result.refusal)}`)
  return result.value
}
