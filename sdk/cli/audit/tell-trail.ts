import type { BadEntry } from '../../../lib/core/audit/fault'
import type { TokenReport } from '../../../lib/core/audit/token-check'
import type { ExportSummary } from '../../../lib/core/audit/verify-export'
import type { TrailCheck } from '../../../lib/core/audit/verify-trail'
import { isProven, type VoteReport } from '../../../lib/core/audit/vote-report'
import { isDigest } from '../../../lib/core/contract/digest'
import { visibleText } from '../../../lib/core/contract/visible'
import { digestWords } from '../../../lib/core/contract/words'

/** What verifying found, for people: lines of a terminal. Whatever the file says is shown with its hidden characters. */
export function tellTrail(check: TrailCheck, areTokenKeysPinned: boolean): string[] {
  if (!check.ok) return [badLine(check.bad)]
  const { summary, votes, token } = check
  const { record } = summary.header
  return [
    ...goodLines(summary),
    ...(record ? votes.flatMap((vote) => voteLines(vote, summary)) : []),
    ...(token ? tokenLines(token, areTokenKeysPinned) : []),
    ...warnings(summary),
  ]
}

function badLine({ fault, detail, ...place }: BadEntry): string {
  const { line, stream, ordinal, leaf } = place
  const parts = [
    line !== undefined && `line ${line}`,
    stream !== undefined && stream,
    ordinal !== undefined && `entry ${ordinal}`,
    leaf !== undefined && `leaf ${leaf}`,
  ].filter(Boolean)
  const where = parts.length > 0 ? ` at ${parts.join(', ')}` : ''
  return visibleText(`BAD (${fault})${where}: ${detail}`)
}

function goodLines(summary: ExportSummary): string[] {
  const { votes, withheld, header, unsealed, gaps } = summary
  const counted = `${votes?.verified} proven by passkey, ${votes?.unproven} by the trail`
  if (header.record) {
    const request = `request:${header.record.request}`
    const shown = summary.heads.get(request)?.ordinal ?? 0
    return [
      `Good: the record of ${visibleText(header.record.request)}, ${shown} entries and ${summary.entries - shown} about the keys of its voters`,
      `  issuer       ${visibleText(header.issuer)}, written ${visibleText(header.exported_at)}`,
      `  log          ${visibleText(header.origin)}, each sealed entry under one of ${summary.checkpoints} signed checkpoints`,
      `  not sealed   ${unsealed === 0 ? 'none' : `${unsealed} entries, held by their own chain alone`}`,
      `  documents    ${summary.documents.size} (contract, what was reviewed, evidence), each fits its digest`,
      `  not shown    ${gaps === 0 ? 'nothing that comes before the last key entry' : `${gaps} entries of the voters: that none of them takes a key back is its maker’s word`}`,
      `  votes        ${counted}`,
    ]
  }
  const excerpt = withheld === 0 ? '' : `, an excerpt (${withheld} entries not shown)`
  return [
    `Good: ${summary.entries} entries in ${summary.heads.size} streams${excerpt}`,
    `  issuer       ${visibleText(header.issuer)}`,
    `  log          ${visibleText(header.origin)}, ${summary.leaves} leaves, ${unsealed} not sealed yet`,
    `  checkpoints  ${summary.checkpoints}, over ${summary.signedLeaves} leaves`,
    `  last root    ${summary.lastRoot ?? 'none'}`,
    `  votes        ${counted}`,
  ]
}

function voteLines(vote: VoteReport, summary: ExportSummary): string[] {
  const { header, documents } = summary
  const who = nameOf(vote.person, header.record?.names)
  const ended = vote.ended === null ? '' : `, ${vote.ended} later`
  const seen = vote.shownDigest ?? vote.reviewDigest
  const inFile = (digest: string) => (documents.has(digest) ? 'in this file' : 'not in this file')
  return [
    '',
    `${who} ${vote.choice === 'approve' ? 'approved' : 'rejected'} at ${vote.at} (entry ${vote.ordinal}, ${visibleText(vote.channel)})${ended}`,
    `  reviewed     ${visibleText(seen)} (${wordsOf(seen)}), ${inFile(seen)}`,
    `  contract     ${visibleText(vote.contractDigest ?? 'none')}${vote.contractDigest ? `, ${inFile(vote.contractDigest)}` : ''}`,
    ...proofLines(vote, isProven(vote, summary), header.record?.names),
  ]
}

function proofLines(
  { signedBy, method, ticketOpenedAt, person }: VoteReport,
  isSealed: boolean,
  names: Record<string, string> | undefined,
): string[] {
  if (signedBy === null) {
    const how = method === 'totp' ? 'a code signs nothing' : 'without a second factor'
    return [`  proof        the server’s word: ${how}, so it is as good as the trail`]
  }
  const { thumbprint, ordinal, addedAt, confirmedAt, confirmedBy, control } = signedBy
  const by = confirmedBy === null ? 'nobody' : nameOf(confirmedBy, names)
  return [
    isSealed
      ? '  proof        SIGNED: a passkey verified its user and signed exactly this review and choice, once'
      : '  proof        NO CHECKPOINT HOLDS THIS KEY: that it is theirs is the word of whoever made the file',
    `  key          ${thumbprint}, added by ${visibleText(person)} at ${timeOf(addedAt)} (entry ${ordinal} of their stream)`,
    `               confirmed at ${timeOf(confirmedAt)} by ${by} (${visibleText(control ?? 'unknown')}), before the ticket opened at ${timeOf(ticketOpenedAt)}`,
  ]
}

function tokenLines({ kid, claims, use }: TokenReport, isPinned: boolean): string[] {
  const used = { redeemed: 'redeemed', burnt: 'burnt', not_used: 'not used' }[use]
  return [
    '',
    `Allow token ${visibleText(claims.jti)}: signed by key ${visibleText(kid)}, of ${visibleText(claims.sub)}, ${used}`,
    `  for          ${visibleText(claims.aud)}, contract ${visibleText(claims.contract_digest)}`,
    `  under        ${visibleText(claims.policy_version)}, decision ${claims.decision}, until ${timeOf(claims.exp * 1000)}`,
    ...(isPinned ? [] : ['  ITS KEY IS ONE OF THE FILE ITSELF: give the keys with --jwks.']),
  ]
}

/** Loud, as without them all of the above may be sound and forged. */
function warnings(summary: ExportSummary): string[] {
  const lines: string[] = []
  if (!summary.keysPinned) {
    lines.push(
      'KEYS NOT PINNED. Keys come from the file itself: it proves that it is consistent, not who wrote it.',
      '  Give the keys of the log that you got elsewhere: --key <key>. Those in the file:',
      ...summary.header.verifiers.map((verifier) => `  ${visibleText(verifier)}`),
    )
  }
  if (summary.unsealed > 0) {
    lines.push(
      `${summary.unsealed} ENTRIES ARE NOT SEALED. No key of the log signed them: whoever made the file can have written them.`,
    )
  }
  if (!summary.tailProtected && !summary.header.record) {
    lines.push('Tail unprotected: an end that was cut off and signed anew would not show.')
  }
  if (summary.header.record) {
    lines.push(
      'A record ends where it was written: that nothing came after, only a whole export can show.',
    )
  }
  return lines.length === 0 ? [] : ['', ...lines]
}

function nameOf(person: string, names: Record<string, string> | undefined): string {
  const name = names && Object.hasOwn(names, person) ? names[person] : undefined
  return name === undefined ? visibleText(person) : `${visibleText(name)} (${visibleText(person)})`
}

function wordsOf(digest: string): string {
  return isDigest(digest) ? digestWords(digest).join(' ') : 'no digest'
}

function timeOf(at: number | null): string {
  return at === null || Number.isNaN(at) ? 'no time' : new Date(at).toISOString()
}
