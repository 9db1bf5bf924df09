import type { EvidenceFact, Facts, Requirement, VoteFact } from '../policy/types'

export type EvidenceRequirement = Extract<Requirement, { kind: 'evidence' }>

/**
 * Evidence on file that satisfies the requirement's terms at `now` (epoch ms), reviewed or not: right type, provided,
 * by the right kind of author, not too old. Of callers only the request's own may be the author.
 */
export function fittingEvidence(
  requirement: EvidenceRequirement,
  facts: Pick<Facts, 'evidence' | 'caller'>,
  now: number,
): EvidenceFact[] {
  const { type, from, max_age_ms } = requirement
  const isAuthor = ({ author }: EvidenceFact) =>
    author.kind === 'person' || (from === 'human_or_caller' && author.id === facts.caller.id)
  return facts.evidence.filter(
    (item) =>
      item.type === type &&
      item.state === 'provided' &&
      isAuthor(item) &&
      item.at <= now &&
      (max_age_ms === null || item.at + max_age_ms > now),
  )
}

/** Whether the voter was shown this very item: the same id with the same bytes. */
export function hasReviewed(vote: VoteFact, item: Pick<EvidenceFact, 'id' | 'sha256'>): boolean {
  return vote.reviewed.evidence.some(({ id, sha256 }) => id === item.id && sha256 === item.sha256)
}
