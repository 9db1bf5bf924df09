import { expect } from '@playwright/test'
import { startVoteChallenge } from '../lib/commands/vote/start-vote-challenge'
import { type DemoPerson, must } from '../scripts/lib/demo-people'
import { shownDigest } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { registerCaller } from './callers'
import type { Product } from './fixtures'
import { action, signedIn, type Told, type Visitor } from './visitor'

export const RELEASE_MANAGER = { groups: ['release_managers'] }
export const MONEY = {
  goal: 'Pay Nordwind Freight',
  tools: ['payments.send'],
  side_effects: ['money_outward'],
}

export interface Scene {
  product: Product
  voter: DemoPerson
  who: Visitor
  requestId: string
  digest: string
}

export async function scene(product: Product, contract: object = SEED_CONTRACT): Promise<Scene> {
  const caller = await registerCaller(product)
  const groups = ['release_managers', 'finance_approvers']
  const voter = await product.person('Mara Attacked', { groups })
  const { request_id: requestId } = await caller.ask(contract as Record<string, unknown>)
  const who = await signedIn(product, voter)
  return { product, voter, who, requestId, digest: await shownDigest(product.runtime, requestId) }
}

export const approve = async (
  { who }: Pick<Scene, 'who'>,
  requestId: string,
  form: { reviewDigest?: string; proof?: object },
): Promise<Told> => await who.act(await action('approve'), [requestId, form])

/** The challenge that this person's page was given to vote on this ticket. */
export async function challenge(
  { product, voter, requestId, digest }: Scene,
  changed: { requestId?: string; choice?: 'approve' | 'reject'; personId?: string } = {},
) {
  const vote = { personId: voter.id, requestId, reviewDigest: digest, choice: 'approve' as const }
  return must(await startVoteChallenge(product.runtime, { ...vote, ...changed })).options
}

export async function expectNoVote(
  { product, requestId }: Pick<Scene, 'product' | 'requestId'>,
  told: Told,
) {
  expect(told?.ok).toBe(false)
  expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
  const request = await product.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
  expect(request.state).toBe('open')
}

/** Somebody else who could vote on what is open, so that nothing but being somebody else is in their way. */
export async function elsewhere(product: Product): Promise<DemoPerson> {
  const person = await product.person('Tomás Elsewhere', RELEASE_MANAGER)
  const longAgo = { confirmedAt: new Date(0) }
  await product.runtime.db.passkey.updateMany({ where: { personId: person.id }, data: longAgo })
  return person
}

export const passkeyProof = (assertion: object) => ({ kind: 'passkey', assertion })
