import { sealLog } from '#lib/commands/seal-log'
import { createSignInLink } from '#lib/commands/session/create-sign-in-link'
import { givePasskey, voteByPasskey } from './passkeys'
import { collect, redeem, settled } from './promises/steps'
import { entriesOf, recordOf } from './record-lines'
import { approve, attachPlan, must, submit, type World, type WorldPerson } from './world'

/**
 * Two records. `good`: the whole life of a request, sealed step by step among others' events. `open`: of another that is open
 * and not sealed.
 */
export async function records(w: World) {
  const told = await live(w)
  const good = await recordOf(w, told.requestId)
  return { told, good, open: await recordOf(w, told.openId) }
}

async function live(w: World) {
  const { runtime } = w
  const mara = { id: w.mara.id, ...(await keyOf(w, w.mara)) }
  const tomas = { id: w.tomas.id, ...(await keyOf(w, w.tomas)) }
  await visits(w, w.mara.id)
  await sealLog(runtime)
  await submit(w)
  await sealLog(runtime)
  const requestId = await submit(w)
  await voteByPasskey(w, requestId, tomas)
  await submit(w)
  await sealLog(runtime)
  const { evidenceId } = await attachPlan(w, requestId, w.aiko)
  must(await approve(w, requestId, w.tomas))
  await sealLog(runtime)
  await visits(w, w.mara.id)
  await voteByPasskey(w, requestId, mara)
  await submit(w)
  await sealLog(runtime)
  await settled(w, requestId)
  const token = await collect(w, requestId)
  const redeemed = await redeem(w, token)
  if (redeemed !== 'ok') throw new Error(`not redeemed: ${redeemed}`)
  await sealLog(runtime)
  const openId = await submit(w)
  await voteByPasskey(w, openId, mara)
  await voteByPasskey(w, openId, tomas)
  return { mara, tomas, requestId, evidenceId, token, openId }
}

/** A passkey of theirs, with the id that the trail gives it. */
export async function keyOf(w: World, person: WorldPerson) {
  const { id, passkey } = await givePasskey(w, person)
  return { factorId: id, passkey }
}

/** What a colleague must not read. */
async function visits({ runtime }: World, personId: string): Promise<void> {
  const input = { personId, purpose: 'sign_in', by: { kind: 'system' } } as const
  must(await createSignInLink(runtime, input))
}

/** In which line of a record an entry of this kind stands first. */
export function placeOf(lines: readonly string[], stream: string, type: string): number {
  const found = entriesOf(lines).find(
    ({ line: { entry } }) => entry.stream === stream && entry.type === type,
  )
  if (!found) throw new Error(`${stream} has no ${type}`)
  return found.at
}
