import { isSlackLinkLive } from '#lib/auth/slack-link-live'
import { digestOf } from '#lib/core/contract/digest'
import type { JsonObject } from '#lib/core/contract/json'
import { MINUTE_MS } from '#lib/core/durations'
import type { Channel } from '#lib/core/policy/types'
import { ok, type Result, refuse } from '#lib/core/result'
import { mayAttach } from '#lib/core/ticket/may-attach'
import { transition } from '#lib/core/ticket/transition'
import type { Actor } from '#lib/core/ticket/types'
import { holdFile } from '#lib/db/files'
import type { Runtime } from '#lib/runtime'
import { attachment } from '#lib/wire/evidence'
import { iso } from '../project'
import { isAnotherCaller } from '../request/cancel-request'
import { type Held, transact } from '../transact'

export interface AddEvidenceInput {
  requestId: string
  actor: Actor & { kind: 'person' | 'caller' }
  type: string
  /** Already checked against the type's shape by lib/wire/evidence. */
  body: JsonObject
  channel: Channel | 'api'
  /** By which link Slack's user is this person; required from Slack, and looked at again under the lock. */
  slackLinkId?: string | null
}

/** Attaches a typed item to an open ticket. What it is worth is the policy's to say: this only records it. */
export function addEvidence(
  runtime: Runtime,
  input: AddEvidenceInput,
): Promise<Result<{ evidenceId: string; sha256: string }>> {
  const evidenceId = runtime.newId('evd')
  const sha256 = digestOf({
    type: 'countersign/evidence',
    v: 1,
    evidence_type: input.type,
    body: input.body,
  })
  return transact(
    runtime,
    {
      requestId: input.requestId,
      actingPersonId: input.actor.kind === 'person' ? input.actor.id : null,
    },
    async (held) => {
      if (await isUnlinked(held, input)) return { result: refuse('slack_not_linked'), events: [] }
      if (isAnotherCaller(held, input.actor)) return { result: refuse('not_found'), events: [] }
      if (isGone(held, input.actor)) return { result: refuse('forbidden'), events: [] }
      if (!hasStanding(held, input.actor))
        return { result: refuse('forbidden', NO_ROLE), events: [] }
      const repeated = repeatedItem(held, input, sha256)
      if (repeated !== undefined)
        return { result: ok({ evidenceId: repeated, sha256 }), events: [] }
      if (!(await isKept(held, input)))
        return { result: refuse('evidence_invalid', NO_FILE), events: [] }
      const moved = transition(
        held.ticket,
        {
          kind: 'add_evidence',
          actor: input.actor,
          evidenceId,
          type: input.type,
          sha256,
          allowed: isProvable(held, input),
        },
        held.now,
      )
      if (!moved.ok) return { result: moved, events: [] }
      return {
        result: ok({ evidenceId, sha256 }),
        events: moved.value,
        particulars: {
          evidence: [
            {
              id: evidenceId,
              request_id: input.requestId,
              type: input.type,
              body: input.body,
              sha256,
              author_kind: input.actor.kind,
              author_id: input.actor.id,
              channel: input.channel,
              at: iso(held.now),
              state: 'provided',
              ended_at: null,
              ended_by: null,
              end_reason: null,
            },
          ],
        },
      }
    },
  )
}

/** A caller whose answer was lost sends the same again; a person may well mean it, to show that it is fresh. */
const REPEATED_WITHIN_MS = 15 * MINUTE_MS

function repeatedItem(
  held: Held,
  { actor, type }: AddEvidenceInput,
  sha256: string,
): string | undefined {
  if (actor.kind !== 'caller') return undefined
  return held.facts.evidence.find(
    (item) =>
      item.state === 'provided' &&
      item.author.kind === 'caller' &&
      item.author.id === actor.id &&
      item.type === type &&
      item.sha256 === sha256 &&
      held.now - item.at < REPEATED_WITHIN_MS,
  )?.id
}

async function isUnlinked(held: Held, { channel, actor, ...input }: AddEvidenceInput) {
  if (channel !== 'slack') return false
  const { slackLinkId: linkId = null } = input
  return linkId === null || !(await isSlackLinkLive(held.tx, { linkId, personId: actor.id }))
}

function isGone(held: Held, actor: AddEvidenceInput['actor']): boolean {
  return actor.kind === 'person' && held.facts.directory.people[actor.id]?.active !== true
}

/** Of people: whoever answers for the caller, and who may approve. An auditor reads and takes no part. */
function hasStanding({ rows, facts }: Held, { kind, id }: AddEvidenceInput['actor']): boolean {
  if (kind !== 'person') return true
  const roles = facts.directory.people[id]?.roles ?? []
  return mayAttach({ roles, ownsCaller: rows.caller.owner_id === id })
}

const NO_ROLE = {
  detail: 'Approvers, release managers, admins and the caller’s owner attach evidence.',
}

/** An attachment is nothing without its bytes, which stay from here on; and only people attach files. */
async function isKept({ tx }: Held, { type, body, actor }: AddEvidenceInput): Promise<boolean> {
  if (type !== 'attachment') return true
  const file = attachment.safeParse(body)
  return actor.kind === 'person' && file.success && (await holdFile(tx, file.data.sha256))
}

const NO_FILE = { detail: 'The file is not kept here. Attach it in the console.' }

/** A person may attach any known type; a caller only what a requirement of this ticket takes from callers. */
function isProvable(held: Held, input: AddEvidenceInput): boolean {
  if (input.actor.kind === 'person') return true
  const wanted = held
    .evaluateAt(held.now)
    .requirements.map(({ requirement }) => requirement)
    .filter((requirement) => requirement.kind === 'evidence' && requirement.type === input.type)
  return wanted.some(
    (requirement) => requirement.kind === 'evidence' && requirement.from === 'human_or_caller',
  )
}
