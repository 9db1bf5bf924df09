import { confirmFactor } from '#lib/commands/factor/confirm-factor'
import { enrolPasskey } from '#lib/commands/factor/enrol-passkey'
import { startPasskeyEnrolment } from '#lib/commands/factor/start-passkey-enrolment'
import { castVote } from '#lib/commands/vote/cast-vote'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import { createSoftwarePasskey, type SoftwarePasskey } from '../scripts/lib/software-passkey'
import { must, shownDigest, type World, type WorldPerson } from './world'

/** A passkey as people get one: enrolled by themselves, confirmed by the admin. */
export async function givePasskey(
  w: World,
  person: WorldPerson,
  { isConfirmed = true } = {},
): Promise<{ id: string; passkey: SoftwarePasskey }> {
  const passkey = createSoftwarePasskey(w.runtime.config.publicUrl)
  const proof = { kind: 'totp' as const, code: await person.code() }
  const { options } = must(await startPasskeyEnrolment(w.runtime, { personId: person.id, proof }))
  const response = passkey.register(options)
  const enrolled = { personId: person.id, name: 'Laptop', response }
  const { id } = must(await enrolPasskey(w.runtime, enrolled))
  if (isConfirmed) await confirmPasskey(w, id)
  return { id, passkey }
}

export async function confirmPasskey(w: World, id: string): Promise<void> {
  must(
    await confirmFactor(w.runtime, {
      actorId: w.owner.id,
      factor: { kind: 'passkey', id },
      proof: { kind: 'totp', code: await w.owner.code() },
    }),
  )
}

interface PasskeyVote {
  choice?: 'approve' | 'reject'
  /** What the screen showed; now when left out. */
  reviewDigest?: string
}

export async function voteByPasskey(
  w: World,
  requestId: string,
  voter: { id: string; passkey: SoftwarePasskey },
  { choice = 'approve', reviewDigest }: PasskeyVote = {},
): Promise<void> {
  const shown = reviewDigest ?? (await shownDigest(w.runtime, requestId))
  const vote = { personId: voter.id, requestId, reviewDigest: shown, choice }
  const { options } = must(await startVoteChallenge(w.runtime, vote))
  const mfa = { kind: 'passkey' as const, assertion: voter.passkey.sign(options) }
  const reason = choice === 'reject' ? ('not_now' as const) : null
  must(await castVote(w.runtime, { ...vote, channel: 'web', mfa, note: null, reason }))
}
