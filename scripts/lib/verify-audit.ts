import { sealLog } from '../../lib/commands/seal-log'
import { verifyChain } from '../../lib/core/audit/chain'
import type { HashedEntry } from '../../lib/core/audit/entry'
import type { JsonObject } from '../../lib/core/contract/json'
import { type VoteReceipt, verifyVoteReceipt } from '../../lib/core/ticket/vote-receipt'
import type { Runtime } from '../../lib/runtime'

/** Verifies one request's chain of audit entries and the passkey votes in it, as anybody can offline. */
export async function verifyAuditOf(
  runtime: Runtime,
  requestId: string,
): Promise<{ ok: boolean; lines: string[] }> {
  await sealLog(runtime)
  const entries = await readEntries(runtime, `request:${requestId}`)
  const chain = verifyChain({ stream: `request:${requestId}`, head: null }, entries)
  const lines = [
    `${entries.length} entries, ${chain.ok ? 'every hash fits the one before' : 'BROKEN'}`,
  ]
  const votes = await runtime.db.vote.findMany({ where: { requestId, method: 'passkey' } })
  let isGood = chain.ok
  for (const vote of votes) {
    const keys = await keysOf(runtime, vote.personId)
    const verified = await verifyVoteReceipt(vote.receipt as unknown as VoteReceipt, {
      domain: runtime.installation.domain,
      origin: runtime.config.publicUrl,
      requestId,
      reviewDigest: vote.reviewDigest,
      choice: vote.choice as 'approve',
      person: vote.personId,
      at: vote.at.getTime(),
      keys,
    })
    isGood &&= verified.ok
    lines.push(
      `vote ${vote.id}: ${verified.ok ? 'this person’s passkey signed exactly this review' : 'DOES NOT VERIFY'}`,
    )
  }
  const checkpoint = await runtime.db.checkpoint.findFirst({ orderBy: { size: 'desc' } })
  if (checkpoint)
    lines.push(`sealed in a Merkle log of ${checkpoint.size} entries, root ${checkpoint.root}`)
  return { ok: isGood && votes.length > 0, lines }
}

async function readEntries(runtime: Runtime, stream: string): Promise<HashedEntry[]> {
  const rows = await runtime.db.event.findMany({ where: { stream }, orderBy: { ordinal: 'asc' } })
  return rows.map((row) => ({
    v: 1,
    stream: row.stream,
    ordinal: row.ordinal,
    type: row.type,
    at: row.at.toISOString(),
    actor: row.actor as unknown as HashedEntry['actor'],
    body: row.body as JsonObject,
    prev: row.prev,
    hash: row.hash,
  }))
}

/** Thumbprints of the passkeys that the person's own audit stream binds to them. */
async function keysOf(runtime: Runtime, personId: string): Promise<string[]> {
  const entries = await readEntries(runtime, `person:${personId}`)
  const keys = entries.flatMap(({ type, body }) =>
    type === 'factor.added' && typeof body['thumbprint'] === 'string' ? [body['thumbprint']] : [],
  )
  return keys
}
