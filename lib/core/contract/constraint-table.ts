import { parseDuration } from '../durations'
import type { ConstraintMeaning } from './constraint-meaning'

/** undefined: the value is malformed, so the constraint is not understood. */
export type Reading = ConstraintMeaning | undefined

export type Rule = {
  /** What a loosening of it is called. */
  subject: string
  /** The meaning without a value, or with `true`. Absent: it says nothing without a value. */
  alone?: ConstraintMeaning
  read?: (value: string, noun: string) => Reading
  /** 0 and 1 are numbers here, not answers. */
  isNumeric?: boolean
  /** Values that would let anything pass. */
  anyMeansAll?: string[]
}

/** Longest list of environments in one constraint. */
const MOST_ENVIRONMENTS = 20
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/
const ANYTHING = ['any', 'all', '*', 'anytime', 'everyone', 'anyone', 'anywhere']

const APPROVAL: Rule = { subject: 'approval', alone: { kind: 'approval' } }

const MFA_LEVELS: Record<string, 'any' | 'phishing_resistant'> = {
  any: 'any',
  totp: 'any',
  passkey: 'phishing_resistant',
  webauthn: 'phishing_resistant',
  fido2: 'phishing_resistant',
  phishing_resistant: 'phishing_resistant',
}

const MFA: Rule = {
  subject: 'mfa',
  alone: { kind: 'mfa', level: 'any' },
  read: (value) => {
    const key = value.toLowerCase().replace(/[\s-]+/g, '_')
    const level = Object.hasOwn(MFA_LEVELS, key) ? MFA_LEVELS[key] : undefined
    return level === undefined ? undefined : { kind: 'mfa', level }
  },
}

const PASSKEY: Rule = {
  subject: 'mfa',
  alone: { kind: 'mfa', level: 'phishing_resistant' },
}

const CHANGE_WINDOW: Rule = {
  subject: 'change_window',
  anyMeansAll: ANYTHING,
  read: (value) => {
    const calendar = unquoted(value)
    return isName(calendar) ? { kind: 'change_window', calendar } : undefined
  },
}

const BUSINESS_HOURS: Rule = {
  subject: 'change_window',
  alone: { kind: 'change_window', calendar: 'business_hours' },
}

const ROLE: Rule = {
  subject: 'required_role',
  anyMeansAll: ANYTHING,
  read: (value) => {
    const role = unquoted(value)
    return isName(role) ? { kind: 'required_role', role } : undefined
  },
}

const ENVIRONMENT: Rule = {
  subject: 'allowed_environment',
  anyMeansAll: ANYTHING,
  read: (value) => {
    const list = /^\[.*\]$/.test(value) ? value.slice(1, -1) : value
    const environments = list.split(',').map((part) => unquoted(part.trim()))
    if (environments.length > MOST_ENVIRONMENTS || !environments.every(isName)) return undefined
    // One `any` among several names lets all pass.
    if (environments.some((name) => ANYTHING.includes(name.toLowerCase()))) {
      return { kind: 'loosening', of: 'allowed_environment' }
    }
    return { kind: 'allowed_environment', environments }
  },
}

const EVIDENCE_TYPE: Rule = {
  subject: 'evidence',
  read: (value) => {
    const type = unquoted(value)
    return /^[a-z][a-z0-9_]{0,63}$/.test(type) ? { kind: 'evidence', type } : undefined
  },
}

const DRY_RUN: Rule = {
  subject: 'dry_run',
  alone: { kind: 'obligation', name: 'dry_run', value: true },
}

const MAX_COST: Rule = {
  subject: 'max_cost_usd',
  isNumeric: true,
  read: (value, noun) => {
    const found = /^(\$?) ?(\d{1,9}(?:\.\d{1,6})?)( ?usd)?$/i.exec(value)
    if (found === null) return undefined
    // Without a currency in the name or the value, five of what?
    if (noun === 'max_cost' && found[1] === '' && found[3] === undefined) return undefined
    return { kind: 'obligation', name: 'max_cost_usd', value: Number(found[2]) }
  },
}

const TIMEOUT: Rule = {
  subject: 'timeout',
  isNumeric: true,
  read: (value) => timeout(parseDuration(value)),
}

const MAX_ITERATIONS: Rule = {
  subject: 'max_iterations',
  isNumeric: true,
  read: (value) =>
    /^[1-9]\d{0,8}$/.test(value)
      ? { kind: 'obligation', name: 'max_iterations', value: Number(value) }
      : undefined,
}

/**
 * Normal name → what it means. A name may also come with words that demand or loosen round it (`require_…`, `… not required`),
 * which constraints.ts takes off first.
 */
export const CONSTRAINT_TABLE: Readonly<Record<string, Rule>> = {
  approval: APPROVAL,
  approvals: APPROVAL,
  human_approval: APPROVAL,
  manual_approval: APPROVAL,
  human_review: APPROVAL,
  human_in_the_loop: APPROVAL,
  mfa: MFA,
  '2fa': MFA,
  two_factor: MFA,
  second_factor: MFA,
  multi_factor: MFA,
  multi_factor_authentication: MFA,
  mfa_level: MFA,
  passkey: PASSKEY,
  webauthn: PASSKEY,
  phishing_resistant_mfa: PASSKEY,
  rollback_plan: evidence('rollback_plan'),
  rollback: evidence('rollback_plan'),
  change_record: evidence('change_record'),
  change_ticket: evidence('change_record'),
  test_results: evidence('test_results'),
  backup: evidence('backup'),
  impact_analysis: evidence('impact_analysis'),
  evidence: EVIDENCE_TYPE,
  change_window: CHANGE_WINDOW,
  allowed_change_window: CHANGE_WINDOW,
  maintenance_window: CHANGE_WINDOW,
  business_hours: BUSINESS_HOURS,
  business_hours_only: BUSINESS_HOURS,
  only_business_hours: BUSINESS_HOURS,
  role: ROLE,
  environment: ENVIRONMENT,
  allowed_environment: ENVIRONMENT,
  allowed_environments: ENVIRONMENT,
  allowed_env: ENVIRONMENT,
  allowed_envs: ENVIRONMENT,
  dry_run: DRY_RUN,
  dry_run_only: DRY_RUN,
  dryrun: DRY_RUN,
  max_cost_usd: MAX_COST,
  max_cost: MAX_COST,
  timeout: TIMEOUT,
  timeout_seconds: seconds(1_000),
  timeout_ms: seconds(1),
  max_iterations: MAX_ITERATIONS,
}

function evidence(type: string): Rule {
  return { subject: type, alone: { kind: 'evidence', type } }
}

/** `timeout_seconds: 300`: the name carries the unit. */
function seconds(unitMs: number): Rule {
  return {
    subject: 'timeout',
    isNumeric: true,
    read: (value) => timeout(/^\d{1,9}$/.test(value) ? Number(value) * unitMs : undefined),
  }
}

function timeout(durationMs: number | undefined): Reading {
  if (durationMs === undefined || durationMs === 0) return undefined
  return { kind: 'obligation', name: 'timeout_ms', value: durationMs }
}

function isName(text: string): boolean {
  return NAME.test(text) && !['true', 'false', 'null', 'undefined'].includes(text.toLowerCase())
}

/** `"production"` and `'production'` as some clients quote. */
function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) && text.length > 1 ? text.slice(1, -1) : text
}
