import type { Facts, VoteFact } from '../policy/types'
import { type Approval, membersOf } from './eligibility'
import { groupsOf, type Tally, tally } from './tally'
import { faultFor } from './vote-standing'

/** An approval with the votes that are good for it and how far they go. */
export type SettledApproval = {
  approval: Approval
  votes: VoteFact[]
  tally: Tally
  /**
   * Votes of everybody who may fill a place, not only of as many as are needed: any of them can be put into a full
   * set, so none is preferred by the accident of order.
   */
  counted: VoteFact[]
}

/**
 * Holds an approval against votes at `now` (epoch ms).
 * @param intact approve votes, one a human, whose review still holds
 */
export function settleApproval(
  approval: Approval,
  intact: readonly VoteFact[],
  facts: Facts,
  now: number,
): SettledApproval {
  const votes = intact.filter((vote) => faultFor(vote, approval, facts, now) === null)
  const tallied = tallyVotes(approval, votes, facts, now)
  const counted = votes.filter(({ person }) => tallied.supporting.includes(person))
  return { approval, votes, tally: tallied, counted }
}

/** Tallies the humans behind these votes, each in the groups that they are in at `now` (epoch ms). */
export function tallyVotes(
  { tree }: Approval,
  votes: readonly VoteFact[],
  facts: Facts,
  now: number,
): Tally {
  const voters = new Set(votes.map(({ person }) => person))
  const votersOf = (group: string) =>
    voters.size === 0
      ? []
      : membersOf(facts, group, now).flatMap(({ person }) => (voters.has(person) ? [person] : []))
  return tally(tree, Object.fromEntries(groupsOf(tree).map((group) => [group, votersOf(group)])))
}
