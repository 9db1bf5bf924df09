import type { Channel, MfaLevel, MfaMethod, Requirement } from '../policy/types'
import { unreachable } from '../unreachable'
import type { Approval } from './eligibility'

/** How a vote was, or is to be, cast. */
export type Proof = { method: MfaMethod; channel: Channel }

/** What is wrong with a proof, as the refusal that the voter gets. */
export type Weakness = 'mfa_required' | 'mfa_not_phishing_resistant' | 'channel_not_allowed'

/**
 * Whether a vote cast this way is strong enough for an approval at an MFA level, or what is wrong.
 * A passkey ceremony happens only on a page of ours, so a passkey claimed by Slack proves nothing: a
 * `phishing_resistant` approval is never met from inside Slack. A code typed into Slack counts only with `slack_totp`.
 */
export function weaknessOf(proof: Proof, approval: Approval, level: MfaLevel): Weakness | null {
  if (!approval.via.includes(proof.channel)) return 'channel_not_allowed'
  switch (level) {
    case 'none':
      return null
    case 'any':
      return anyWeakness(proof, approval)
    case 'phishing_resistant':
      return phishingResistantWeakness(proof)
    default:
      return unreachable(level)
  }
}

/** The level that an approval's votes must have when the whole ticket also demands MFA. */
export function levelFor(approval: Approval, requirements: readonly Requirement[]): MfaLevel {
  const levels = requirements.flatMap((one) => (one.kind === 'mfa' ? [one.level] : []))
  if (approval.mfa === 'phishing_resistant' || levels.includes('phishing_resistant')) {
    return 'phishing_resistant'
  }
  return levels.length > 0 ? 'any' : approval.mfa
}

function anyWeakness({ method, channel }: Proof, approval: Approval): Weakness | null {
  if (method === 'none') return 'mfa_required'
  if (channel === 'web') return null
  return method === 'totp' && approval.slack_totp ? null : 'channel_not_allowed'
}

function phishingResistantWeakness({ method, channel }: Proof): Weakness | null {
  if (method === 'none') return 'mfa_required'
  if (method === 'totp') return 'mfa_not_phishing_resistant'
  return channel === 'web' ? null : 'channel_not_allowed'
}
