import type { ApprovalTree } from '../policy/types'

/** People by group. A group that is absent has nobody. */
export type PeopleByGroup = Readonly<Record<string, readonly string[]>>

export type Tally = {
  satisfied: boolean
  /** The people who fill the places, sorted: exactly `have` of them. */
  counted: string[]
  /** Everybody who may fill a place of a satisfied branch (of the best one while none is), sorted. Holds `counted`. */
  supporting: string[]
  /** Places to fill in the best branch. */
  needed: number
  have: number
}

/** An approval tree with more ways through it than this, or one that asks for more people, is met by nobody. */
export const MAX_BRANCHES = 256
export const MAX_PEOPLE = 100

/** One way through a tree: how many distinct people of each group. All of them are distinct from one another. */
type Branch = ReadonlyMap<string, number>

const NOBODY: Tally = { satisfied: false, counted: [], supporting: [], needed: 1, have: 0 }

/**
 * Counts distinct humans against an AND/OR tree. Each branch (one choice at every `any`) is filled by a maximum
 * bipartite matching, so a person in two groups is put where they help most and never counted twice. The best branch
 * is a satisfied one, else the one with fewest people missing; ties go to fewer places, then to the order of the tree.
 * A tree that asks for nothing (an empty list, a count below one) is never satisfied.
 */
export function tally(tree: ApprovalTree, votersByGroup: PeopleByGroup): Tally {
  const tallies = branchesOf(tree).map((branch) => tallyBranch(branch, votersByGroup))
  let best: Tally | undefined
  for (const one of tallies) {
    if (best === undefined || isBetter(one, best)) best = one
  }
  if (best === undefined) return { ...NOBODY }
  if (!best.satisfied) return best
  const supporting = tallies.filter((one) => one.satisfied).flatMap((one) => one.supporting)
  return { ...best, supporting: sortedUnique(supporting) }
}

/** Whether the members of the groups, without the excluded people, could ever satisfy the tree. */
export function couldSatisfy(
  tree: ApprovalTree,
  membersByGroup: PeopleByGroup,
  excluded: readonly string[],
): boolean {
  const left = groupsOf(tree).map((group) => [
    group,
    membersOf(membersByGroup, group).filter((person) => !excluded.includes(person)),
  ])
  return tally(tree, Object.fromEntries(left)).satisfied
}

/** Names of all groups in a tree, sorted. */
export function groupsOf(tree: ApprovalTree): string[] {
  if ('group' in tree) return [tree.group]
  const children = 'all' in tree ? tree.all : tree.any
  return sortedUnique(children.flatMap(groupsOf))
}

function isBetter(a: Tally, b: Tally): boolean {
  const missing = a.needed - a.have - (b.needed - b.have)
  return missing < 0 || (missing === 0 && a.needed < b.needed)
}

function tallyBranch(branch: Branch, votersByGroup: PeopleByGroup): Tally {
  const needed = sizeOf(branch)
  const supporting = sortedUnique(
    [...branch.keys()].flatMap((group) => membersOf(votersByGroup, group)),
  )
  const counted = match(branch, supporting, votersByGroup)
  const have = counted.length
  return { satisfied: have === needed, counted, supporting, needed, have }
}

/** Maximum matching of people to places by augmenting paths: whoever has a place keeps one when others move. */
function match(branch: Branch, people: readonly string[], votersByGroup: PeopleByGroup): string[] {
  const seated = new Map<string, string[]>([...branch.keys()].map((group) => [group, []]))
  const groupsOfPerson = (person: string) =>
    [...branch.keys()].filter((group) => membersOf(votersByGroup, group).includes(person))

  function seat(person: string, tried: Set<string>): boolean {
    for (const group of groupsOfPerson(person)) {
      const holders = seated.get(group)
      if (holders === undefined || tried.has(group)) continue
      tried.add(group)
      if (holders.length < (branch.get(group) ?? 0)) {
        holders.push(person)
        return true
      }
      const mover = holders.findIndex((holder) => seat(holder, tried))
      if (mover !== -1) {
        holders[mover] = person
        return true
      }
    }
    return false
  }

  return people.filter((person) => seat(person, new Set()))
}

/** All ways through a tree, or none when there is no valid one or there are too many. */
function branchesOf(tree: ApprovalTree): Branch[] {
  if ('group' in tree) {
    const { group, count } = tree
    return Number.isInteger(count) && count >= 1 && count <= MAX_PEOPLE
      ? [new Map([[group, count]])]
      : []
  }
  if ('any' in tree) return bounded(tree.any.flatMap(branchesOf))
  let joined: Branch[] = tree.all.length === 0 ? [] : [new Map()]
  for (const child of tree.all) {
    const ways = branchesOf(child)
    joined = bounded(joined.flatMap((branch) => ways.map((way) => join(branch, way))))
  }
  return joined
}

function bounded(branches: Branch[]): Branch[] {
  const fitting = branches.filter((branch) => sizeOf(branch) <= MAX_PEOPLE)
  const distinct = [...new Map(fitting.map((branch) => [keyOf(branch), branch])).values()]
  return distinct.length <= MAX_BRANCHES ? distinct : []
}

function join(a: Branch, b: Branch): Branch {
  const sum = new Map(a)
  for (const [group, count] of b) sum.set(group, (sum.get(group) ?? 0) + count)
  return sum
}

function keyOf(branch: Branch): string {
  return JSON.stringify([...branch].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function sizeOf(branch: Branch): number {
  return [...branch.values()].reduce((sum, count) => sum + count, 0)
}

function membersOf(people: PeopleByGroup, group: string): readonly string[] {
  return Object.hasOwn(people, group) ? (people[group] ?? []) : []
}

function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
