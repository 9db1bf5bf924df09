import { z } from 'zod'
import { CONTRACT_BOUNDS as MOST } from '#lib/core/contract/contract'
import { anyJson } from './json'

/** Not only white space: the parser of record says so too. */
const text = (most: number) => z.string().min(1).max(most)

const toolArguments = z.union([z.record(z.string(), anyJson), z.array(anyJson)])

/**
 * The shape of a contract for the OpenAPI document. The parser of record is lib/core/contract, which also refuses duplicate keys
 * and numbers that do not survive, and reports every problem by its place. Whatever it takes, this takes.
 */
const members = {
  goal: text(MOST.goal).describe('What is to happen, in words: people read it first.'),
  tools: z
    .array(text(MOST.tool).regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/))
    .min(1)
    .max(MOST.tools)
    .describe('The tool calls that one redemption covers, all of them. None stands twice.'),
  arguments: z
    .record(z.string(), toolArguments)
    .meta({
      description: 'Exact parameters by tool. Redeem compares them: bind what must not change.',
      maxProperties: MOST.tools,
    })
    .optional(),
  constraints: z
    .array(text(MOST.constraint))
    .max(MOST.constraints)
    .describe('Demands such as `mfa_required: true`. They can only add to what policy asks for.')
    .optional(),
  side_effects: z
    .array(text(MOST.sideEffect))
    .max(MOST.sideEffects)
    .describe('What else happens. A claim, which can only make the risk higher.')
    .optional(),
  context: z
    .record(z.string(), anyJson)
    .meta({
      description: 'Anything that helps people to judge. Claims: nothing in it satisfies anything.',
      maxProperties: MOST.contextMembers,
    })
    .optional(),
  success_criteria: z
    .array(text(MOST.criterion))
    .max(MOST.criteria)
    .describe('How to tell that it worked.')
    .optional(),
  preconditions: z
    .array(
      z.strictObject({
        name: text(MOST.preconditionName).describe('None stands twice.'),
        equals: anyJson,
      }),
    )
    .max(MOST.preconditions)
    .describe('What has to hold of the world when the action runs. Redeem compares it.')
    .optional(),
  on_behalf_of: text(MOST.onBehalfOf)
    .describe('Whom the caller acts for, by its words.')
    .optional(),
  run_id: text(MOST.runId)
    .regex(/^[!-~]+$/)
    .describe('Names the run: the same name and contract is the same request, for ever.')
    .optional(),
}

export const contractBody = z.strictObject(members).meta({
  id: 'Contract',
  description:
    'The execution contract. It is hashed as received, and that hash is what people sign.',
})

/** The same members, to be named anew. */
export const CONTRACT_MEMBERS = members

export const evidenceAnswer = z
  .object({
    evidence_id: z.string(),
    sha256: z.string().describe('`sha-256:` and the hash of the item as it was recorded, in hex.'),
  })
  .meta({ id: 'EvidenceAnswer', description: 'The item is on file.' })
