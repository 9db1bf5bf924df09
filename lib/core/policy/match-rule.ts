import type { CompiledRule, RuleInput } from './types'

export interface RuleMatch {
  matched: boolean
  /** The predicate failed on the data: the request is held. */
  failed: boolean
}

type Claims = RuleInput['claims']

const NO_MATCH: Readonly<RuleMatch> = { matched: false, failed: false }

/** More would be asked too many times; the compiler lets no rule read as many. A rule that does holds the request. */
const MAX_READS = 8
const CONTEXT = 'context.'
const SIDE_EFFECTS = 'side_effects.'

/**
 * Whether a rule applies. What a caller claims may only add demands, so a rule that reads claims applies if it does for
 * the claims as given or with any of the members it reads left out: adding a claim can then never switch a rule off.
 * All of them are asked, because a failure counts too.
 */
export function matchRule(rule: CompiledRule, input: RuleInput): RuleMatch {
  if (rule.mayApply !== undefined && !rule.mayApply(input)) return NO_MATCH
  if (rule.readsClaims.length === 0) return ask(rule, input)
  const present = rule.readsClaims.filter((read) => isClaimed(input.claims, read))
  if (present.length > MAX_READS) return { matched: false, failed: true }
  const total = ask(rule, input)
  for (let left = 1; left < 2 ** present.length; left++) {
    const removed = present.filter((_, index) => (left >> index) % 2 === 1)
    const one = ask(rule, { ...input, claims: without(input.claims, removed) })
    total.matched ||= one.matched
    total.failed ||= one.failed
  }
  return total
}

function ask(rule: CompiledRule, input: RuleInput): RuleMatch {
  try {
    return { matched: rule.when(input), failed: false }
  } catch {
    return { matched: false, failed: true }
  }
}

function isClaimed({ context, side_effects }: Claims, read: string): boolean {
  return read.startsWith(CONTEXT)
    ? Object.hasOwn(context, read.slice(CONTEXT.length))
    : side_effects.includes(read.slice(SIDE_EFFECTS.length))
}

function without({ context, side_effects }: Claims, removed: readonly string[]): Claims {
  const isLeft = (read: string) => !removed.includes(read)
  return {
    context: Object.fromEntries(
      Object.entries(context).filter(([key]) => isLeft(`${CONTEXT}${key}`)),
    ),
    side_effects: side_effects.filter((name) => isLeft(`${SIDE_EFFECTS}${name}`)),
  }
}
