import { appendEntries, type ChainHead } from '#lib/core/audit/chain'
import type { AuditEntry } from '#lib/core/audit/entry'
import { exportLines } from '#lib/core/audit/export'
import type { ExportLine } from '#lib/core/audit/export-line'
import { createFileDigest } from '#lib/core/audit/file-digest'
import { type VerifyTrailOptions, verifyTrail } from '#lib/core/audit/verify-trail'
import { canonical } from '#lib/core/contract/canonical'
import { auditRecord } from '#lib/queries/audit-record'
import type { World } from './world'

/** The record of one request, as the ticket page gives it, line by line. */
export async function recordOf(w: World, requestId: string): Promise<string[]> {
  const parts = await auditRecord(w.runtime.db, { requestId, now: Date.now() })
  if (!parts) throw new Error('no such request')
  const lines: string[] = []
  for await (const line of exportLines(parts)) lines.push(line)
  return lines
}

/** What is wrong first; undefined when everything verifies. */
export async function firstBad(lines: Iterable<string>, options: VerifyTrailOptions = {}) {
  const check = await verifyTrail(lines, options)
  return check.ok ? undefined : check.bad
}

export function parsed(line: string | undefined): ExportLine {
  return JSON.parse(line ?? 'null')
}

export type EntryLine = Extract<ExportLine, { kind: 'entry' }>

/** The entries and where they stand. */
export function entriesOf(lines: readonly string[]): { at: number; line: EntryLine }[] {
  return lines.flatMap((text, at) => {
    const line = parsed(text)
    return line.kind === 'entry' ? [{ at, line }] : []
  })
}

/** With the digest of the file made anew, as whoever changes a line on purpose would. */
export function closedAnew(lines: readonly string[], counts = {}): string[] {
  const body = lines.slice(0, -1)
  const file = createFileDigest()
  for (const line of body) file.add(line)
  return [...body, canonical({ ...parsed(lines.at(-1)), ...counts, digest: file.end() })]
}

export interface Draft {
  entry: Omit<AuditEntry, 'prev' | 'ordinal' | 'v'>
  receipt?: EntryLine['receipt']
}

/**
 * Another record made of the entries of one in which nothing is sealed: chains, documents and digest are sound again. All
 * that somebody can do who owns the database and holds nobody's passkey.
 */
export function rewritten(
  lines: readonly string[],
  change: (drafts: Draft[]) => Draft[],
  documents: (texts: string[]) => string[] = (texts) => texts,
): string[] {
  const heads = new Map<string, ChainHead>()
  const drafts = entriesOf(lines).map(({ line: { entry, receipt } }): Draft => {
    const { prev: _prev, ordinal: _ordinal, v: _v, ...bare } = structuredClone(entry)
    return { entry: bare, ...(receipt && { receipt }) }
  })
  const entries = change(drafts).map(({ entry: { stream, at, ...draft }, receipt }) => {
    const head = heads.get(stream) ?? null
    const [made] = appendEntries({ stream, head }, [{ ...draft, at: Date.parse(at) }])
    if (made === undefined) throw new Error('one draft gives one entry')
    const { hash, ...bare } = made
    heads.set(stream, { ordinal: made.ordinal, hash })
    return canonical({ kind: 'entry', leaf: null, hash, entry: bare, ...(receipt && { receipt }) })
  })
  const texts = documents(
    lines.flatMap((text) => {
      const line = parsed(text)
      return line.kind === 'document' ? [line.text] : []
    }),
  )
  const shown = texts.map((text) => canonical({ kind: 'document', text }))
  const counts = { entries: entries.length, leaves: 0 }
  return closedAnew([lines[0] ?? '', ...shown, ...entries, lines.at(-1) ?? ''], counts)
}
