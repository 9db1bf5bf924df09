import type { ApprovalTree, Facts, Requirement } from '../policy/types'
import { groupsOf } from './tally'

export type Approval = Extract<Requirement, { kind: 'approval' }>

/** What decides whether a human may vote, as it is now. `groups` holds only memberships that have not ended. */
export type Voter = { active: boolean; groups: readonly string[]; isRequester: boolean }

export type Ineligibility = 'own_request' | 'inactive' | 'not_in_group'

/** Directory facts, without the request's history. */
type Standing = Pick<Facts, 'requesters' | 'caller' | 'directory'>

/**
 * Why this human may not satisfy this approval, or null when they may. No role is looked at: an administrator votes
 * only as a member of a group, and never on their own request.
 */
export function ineligibility(tree: ApprovalTree, voter: Voter): Ineligibility | null {
  if (voter.isRequester) return 'own_request'
  if (!voter.active) return 'inactive'
  return groupsOf(tree).some((group) => voter.groups.includes(group)) ? null : 'not_in_group'
}

/** Everybody who may satisfy this approval at `now` (epoch ms): ids, sorted. */
export function eligibleVoters(approval: Approval, facts: Standing, now: number): string[] {
  const members = groupsOf(approval.tree).flatMap((group) =>
    membersOf(facts, group, now).map(({ person }) => person),
  )
  return [...new Set(members)].sort().filter((person) => mayVote(person, approval, facts, now))
}

/** Why this person may not satisfy this approval at `now` (epoch ms), or null when they may. */
export function whyNotEligible(
  person: string,
  approval: Approval,
  facts: Standing,
  now: number,
): Ineligibility | null {
  return ineligibility(approval.tree, voterOf(person, facts, now))
}

/** A person as a voter, from the live directory at `now` (epoch ms). Somebody the directory does not know is inactive. */
export function voterOf(person: string, facts: Standing, now: number): Voter {
  const { people, groups } = facts.directory
  return {
    active: Object.hasOwn(people, person) && people[person]?.active === true,
    groups: Object.keys(groups).filter((group) =>
      membersOf(facts, group, now).some((member) => member.person === person),
    ),
    isRequester: peopleBehind(facts).includes(person),
  }
}

/**
 * Every human behind the request, sorted. The caller's owner of today is one of them even if the request was
 * submitted under another owner.
 */
export function peopleBehind(facts: Pick<Facts, 'requesters' | 'caller'>): string[] {
  return [...new Set([...facts.requesters, facts.caller.ownerId])].sort()
}

/** Memberships of a group that have not ended at `now` (epoch ms). */
export function membersOf(
  facts: Pick<Facts, 'directory'>,
  group: string,
  now: number,
): { person: string; expiresAt: number | null }[] {
  const { groups } = facts.directory
  const members = Object.hasOwn(groups, group) ? (groups[group] ?? []) : []
  return members.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
}

function mayVote(person: string, approval: Approval, facts: Standing, now: number): boolean {
  return whyNotEligible(person, approval, facts, now) === null
}
