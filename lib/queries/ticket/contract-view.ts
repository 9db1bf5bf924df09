import type { ReadConstraint } from '#lib/core/contract/constraint-meaning'
import { readConstraints } from '#lib/core/contract/constraints'
import { CONTRACT_MEMBERS } from '#lib/core/contract/contract'
import type { Json } from '#lib/core/contract/json'
import { type ParallelLine, parallelLines } from '#lib/core/contract/parallel'
import { describeRequirement } from '#lib/core/policy/describe-requirement'
import { matchTool } from '#lib/core/policy/match-tool'
import type { Requirement } from '#lib/core/policy/types'
import type { Prose, Run } from '#lib/wire/views/common'
import type { ContractView, ParallelLineView } from '#lib/wire/views/ticket'
import type { TicketPicture } from './load-ticket'
import { isOwnChange } from './own-change'
import { readerOf } from './reader'
import { RISK_LABELS } from './risk-labels'

const CLAIMS: Run = { kind: 'tag', tag: 'claims' }
const MOST_CLAIM_CHARS = 120

/** The bytes that were hashed, a member a line, each beside what Countersign reads in it. */
export function contractView(picture: TicketPicture): ContractView {
  const lines = parallelLines(picture.hashed)
  return {
    digest: picture.facts.contractDigest,
    byteLength: new TextEncoder().encode(picture.hashed).length,
    lines: lines.map((line) => lineView(picture, line, lines)),
    absent: CONTRACT_MEMBERS.filter((member) => !Object.hasOwn(picture.contract, member)),
  }
}

function lineView(
  picture: TicketPicture,
  line: ParallelLine,
  all: readonly ParallelLine[],
): ParallelLineView {
  return {
    indent: Math.min(line.indent, 2) as 0 | 1 | 2,
    bytes: line.parts,
    reading: line.path === '/contract' ? sentReading(all) : readingOf(picture, line.path),
  }
}

/** Where in the document the caller's own part stands. */
function sentReading(all: readonly ParallelLine[]): Prose {
  const isSent = ({ path }: ParallelLine) => path.startsWith('/contract/')
  return [
    `What the caller sent, lines ${all.findIndex(isSent) + 1} to ${all.findLastIndex(isSent) + 1}`,
  ]
}

type Reader = (picture: TicketPicture, rest: string[]) => Prose

function readingOf(picture: TicketPicture, path: string): Prose {
  const [, top = '', member = '', ...rest] = path.split('/')
  if (top !== 'contract') return DOCUMENT_READINGS[top]?.(picture) ?? []
  return MEMBER_READINGS[member]?.(picture, rest) ?? claimOf(picture, [member, ...rest])
}

const CALLER_WORDS: Record<string, string | undefined> = {
  ci_job: 'a CI job owned by',
}

const DOCUMENT_READINGS: Record<string, (picture: TicketPicture) => Prose> = {
  caller: ({ rows, nameOf }) =>
    isOwnChange({ rows })
      ? [{ kind: 'strong', text: rows.caller.name }, ' ', { kind: 'tag', tag: 'registered' }]
      : [
          { kind: 'strong', text: rows.caller.name },
          `, ${CALLER_WORDS[rows.caller.kind] ?? 'an agent owned by'} ${nameOf(rows.caller.owner_id)} `,
          { kind: 'tag', tag: 'registered' },
        ],
  domain: () => ['This installation'],
  v: () => ['Contract format 1'],
}

const MEMBER_READINGS: Record<string, Reader> = {
  goal: (picture) =>
    isOwnChange(picture)
      ? ['What it comes to, as Countersign puts it']
      : [CLAIMS, ' this goal, in its own words'],
  tools: (picture) => toolsReading(picture),
  constraints: (picture, [index]) =>
    index === undefined
      ? ['What it asks to be held to']
      : constraintReading(picture, Number(index)),
  context: (picture, rest) => contextReading(picture, rest),
  side_effects: (picture, rest) =>
    isOwnChange(picture)
      ? ['Of every change of who may do what']
      : [...claimOf(picture, ['side_effects', ...rest]), '. Can only add demands'],
  // Said once: a call can have a hundred lines.
  arguments: (_, rest) => [
    rest.length === 0 ? 'Bound: redeem compares all of it with what is about to run' : 'Bound',
  ],
  preconditions: () => ['Compared at redeem with what the runtime observes'],
  success_criteria: (picture, rest) => claimOf(picture, ['success_criteria', ...rest]),
  on_behalf_of: (picture) => [
    ...claimOf(picture, ['on_behalf_of']),
    '. Unproven: it only keeps that person from voting',
  ],
  run_id: () => ['Names this run: the same contract again is this request'],
}

function toolsReading({ contract, policies, evaluation }: TicketPicture): Prose {
  const [policy] = policies
  const labels = contract.tools.map((tool) => {
    const entry = policy && matchTool(policy, tool)
    return entry ? RISK_LABELS[entry.risk] : 'Not in the tool table'
  })
  const isUnbound = evaluation.issues.some(({ code }) => code === 'unbound_arguments')
  return [
    { kind: 'strong', text: [...new Set(labels)].join(', ') },
    isUnbound ? '. No arguments are bound to it' : '. Arguments are bound',
  ]
}

function constraintReading(picture: TicketPicture, index: number): Prose {
  const constraint = readConstraints(picture.contract.constraints ?? [])[index]
  return constraint ? meaningOf(picture, constraint) : []
}

function meaningOf(picture: TicketPicture, constraint: ReadConstraint): Prose {
  const became = (fits: (requirement: Requirement) => boolean, what: string): Prose => {
    const { requirements } = picture.evaluation
    const place = requirements.findIndex(({ requirement }) => fits(requirement))
    const status = requirements[place]
    if (!status) return [`Asks for ${what}`]
    const { title } = describeRequirement(status, readerOf(picture))
    return [`Became item ${place + 1}, ${lowerFirst(title)}`]
  }
  switch (constraint.kind) {
    case 'approval':
      return became(({ kind }) => kind === 'approval', 'approval')
    case 'mfa':
      return became(({ kind }) => kind === 'mfa', 'a second factor with the vote')
    case 'evidence':
      return became(
        (one) => one.kind === 'evidence' && one.type === constraint.type,
        constraint.type.replaceAll('_', ' '),
      )
    case 'change_window':
      return became(
        (one) => one.kind === 'change_window' && one.calendar === constraint.calendar,
        `the change window ${constraint.calendar.replaceAll('_', ' ')}`,
      )
    case 'required_role':
      return ['Compared with the roles that the caller is registered for']
    case 'allowed_environment':
      return ['Compared with the registered environment']
    case 'obligation':
      return ['Enforced by the runtime, in the token as ', { kind: 'code', text: constraint.name }]
    case 'loosening':
      return ['Asks for less. It changes nothing']
    case 'unknown':
      return ['Not understood, so a person has to look']
    default:
      return []
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

function contextReading(picture: TicketPicture, rest: string[]): Prose {
  const claim = claimOf(picture, ['context', ...rest])
  switch (rest[0]) {
    case 'actor_role':
      return [
        ...claim,
        `. Satisfies nothing, registered as ${picture.rows.caller.roles.join(', ') || 'nothing'}`,
      ]
    case 'approval_status':
      return [...claim, '. Satisfies nothing, only recorded votes count']
    case 'environment':
      return [...claim, environmentNote(picture)]
    case 'rollback_plan':
      return [
        ...claim,
        isOnFile(picture) ? '. What counts is the plan on file' : '. No plan is on file',
      ]
    case 'ticket_id':
      return [CLAIMS, ' external ticket ', ...claim.slice(2), '. Not looked up']
    default:
      return [...claim, '. Satisfies nothing']
  }
}

function environmentNote({ contract, evaluation }: TicketPicture): string {
  if (evaluation.environment === null) return '. Nothing is registered to compare it with'
  const claimed = contract.context?.['environment']
  return claimed === evaluation.environment
    ? '. Agrees with what is registered'
    : '. Differs from what is registered'
}

function isOnFile({ facts }: TicketPicture): boolean {
  return facts.evidence.some(({ type, state }) => type === 'rollback_plan' && state === 'provided')
}

/** "claims `value`": the value as sent, shortened with an ellipsis; the bytes beside it are whole. */
function claimOf({ contract }: TicketPicture, steps: string[]): Prose {
  let value: Json | undefined = contract as unknown as Json
  for (const step of steps) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, Json>)[key] : undefined
  }
  const claims = textsOf(value ?? null)
  return [CLAIMS, ...claims.flatMap((one, at) => [at === 0 ? ' ' : ', ', claimRun(one)])]
}

/** A list of texts as its texts, anything else as one value. */
function textsOf(value: Json): Json[] {
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string')
  return isTexts && value.length > 0 ? value : [value]
}

function claimRun(value: Json): Run {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const shown = text.length > MOST_CLAIM_CHARS ? `${text.slice(0, MOST_CLAIM_CHARS)}…` : text
  return { kind: 'claim', text: shown }
}
