/**
 * What one constraint string asks for. Policy demands become requirements and can only tighten. Obligations go into the token,
 * redeem must acknowledge them and the runtime enforces them; they lower no risk. `loosening` asks for less (`…: false`):
 * it raises an issue and satisfies nothing. `unknown` raises an issue and needs a human.
 */
export type ConstraintMeaning =
  | { kind: 'approval' }
  /** Calendar, role and environment names stand exactly as written: they are compared with registered names. */
  | { kind: 'change_window'; calendar: string }
  | { kind: 'evidence'; type: string }
  | { kind: 'mfa'; level: 'any' | 'phishing_resistant' }
  | { kind: 'required_role'; role: string }
  | { kind: 'allowed_environment'; environments: string[] }
  | ({ kind: 'obligation' } & ConstraintObligation)
  /** `of` names what would have been loosened, e.g. `mfa`. */
  | { kind: 'loosening'; of: string }
  | { kind: 'unknown' }

/** Names carry their units. `timeout: 300s` becomes `timeout_ms` 300000. */
export type ConstraintObligation =
  | { name: 'dry_run'; value: true }
  | { name: 'max_cost_usd'; value: number }
  | { name: 'timeout_ms'; value: number }
  | { name: 'max_iterations'; value: number }

/** `index` is the place in `contract.constraints`, so that a display can put the meaning beside the words. */
export type ReadConstraint = { index: number; text: string } & ConstraintMeaning
