import { z } from 'zod'
import { isId } from '#lib/core/ids'
import { storableText } from './text'

/** Changes of who may do what in this installation, as the console sends them. A member too many is refused. */

export const ROLES = ['admin', 'policy_editor', 'approver', 'release_manager', 'auditor'] as const
export type Role = (typeof ROLES)[number]

const person = z
  .string()
  .refine((id): boolean => isId('prs', id), { message: 'This is not the id of a person.' })
/** As policy names it. */
export const groupName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,63}$/,
    'A group is named in lower-case letters, digits and _, and begins with a letter.',
  )
export const groupLabel = storableText
  .trim()
  .min(1, 'Say what people call it.')
  .max(120, 'Use up to 120 characters.')
const personName = storableText
  .trim()
  .min(1, 'Say what they are called.')
  .max(120, 'Use up to 120 characters.')
/** One person has one address here, however it is written. */
const personEmail = storableText
  .trim()
  .toLowerCase()
  .max(254, 'An address has at most 254 characters.')
  .regex(/^[^\s@]+@[^\s@]+$/, 'This is not an e-mail address.')
/** RFC 3339; null: until somebody ends it. */
const until = z.iso.datetime({ offset: true, message: 'This is not a time.' }).nullable()

export const roles = z
  .array(z.enum(ROLES))
  .max(ROLES.length)
  .refine((list) => new Set(list).size === list.length, 'A role stands there twice.')

const caller = z
  .string()
  .refine((id): boolean => isId('clr', id), { message: 'This is not the id of a caller.' })
const keyId = z
  .string()
  .refine((id): boolean => isId('key', id), { message: 'This is not the id of a key.' })
/** As agents, runtimes and the pages of the console show it. */
const callerName = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'Use up to 63 letters, digits and . _ - and begin with a letter or digit.',
  )
const audience = z
  .string()
  .trim()
  .min(1, 'Name the runtime that enforces.')
  .max(200, 'Use up to 200 characters.')
  .regex(/^[\x21-\x7e]+$/, 'Use printable ASCII without spaces.')
const names = (what: string) =>
  z
    .array(
      z
        .string()
        .trim()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
          `${what} is up to 64 letters, digits and . _ -`,
        ),
    )
    .max(50, 'Use up to 50.')
    .transform((list) => [...new Set(list)].sort())
const callerFacts = {
  name: callerName,
  owner: person,
  roles: names('A role'),
  environments: names('An environment'),
  audience,
}
/** Longest life of a key that ends, and longest overlap of two. */
export const MOST_KEY_DAYS = 730
export const MOST_OVERLAP_HOURS = 24 * 30

export const inviteForm = z.strictObject({
  kind: z.literal('people.invite'),
  name: personName,
  email: personEmail,
})

/** Shorter than this, evidence could go while somebody still asks about the request. */
export const FEWEST_EVIDENCE_DAYS = 30
export const MOST_EVIDENCE_DAYS = 3_650

/** One change. Its `kind` behind `countersign.` is the tool of the contract that it becomes where a second admin approves it. */
export const changeForm = z.discriminatedUnion('kind', [
  inviteForm,
  z.strictObject({ kind: z.literal('people.set_roles'), person, roles }),
  z.strictObject({ kind: z.literal('people.deactivate'), person }),
  z.strictObject({ kind: z.literal('people.reactivate'), person }),
  z.strictObject({ kind: z.literal('people.reset_factors'), person }),
  z.strictObject({ kind: z.literal('people.unlink_oidc'), person }),
  z.strictObject({ kind: z.literal('groups.create'), group: groupName, label: groupLabel }),
  z.strictObject({ kind: z.literal('groups.set_member'), group: groupName, person, until }),
  z.strictObject({ kind: z.literal('groups.remove_member'), group: groupName, person }),
  z.strictObject({
    kind: z.literal('callers.create'),
    callerKind: z.enum(['agent', 'ci_job']),
    ...callerFacts,
  }),
  z.strictObject({ kind: z.literal('callers.change'), caller, ...callerFacts }),
  z.strictObject({ kind: z.literal('callers.pause'), caller }),
  z.strictObject({ kind: z.literal('callers.resume'), caller }),
  z.strictObject({
    kind: z.literal('callers.add_key'),
    caller,
    keyKind: z.enum(['agent', 'runtime']),
    name: storableText.trim().min(1, 'Say where it will be.').max(60, 'Use up to 60 characters.'),
    /** Days until it ends; null: when it is revoked. */
    days: z.int().min(1).max(MOST_KEY_DAYS).nullable(),
    /** A key of the same caller that this one takes the place of, and the hours that both work. */
    replaces: z
      .strictObject({ key: keyId, hours: z.int().min(0).max(MOST_OVERLAP_HOURS) })
      .nullable(),
  }),
  z.strictObject({ kind: z.literal('callers.revoke_key'), key: keyId }),
  z.strictObject({
    kind: z.literal('policy.publish'),
    source: storableText
      .min(1, 'There is no policy in it.')
      .max(200_000, 'Use up to 200,000 characters.'),
    /** The version that it was made from. */
    replaces: z.string().max(100),
  }),
  z.strictObject({
    kind: z.literal('keys.rotate'),
    purpose: z.enum(['allow_token', 'checkpoint']),
  }),
  z.strictObject({
    kind: z.literal('settings.retention'),
    /** Days for which evidence stays readable after its request ended; null: for ever. */
    days: z
      .int('Use whole days.')
      .min(FEWEST_EVIDENCE_DAYS, `Use ${FEWEST_EVIDENCE_DAYS} days or more.`)
      .max(MOST_EVIDENCE_DAYS, `Use up to ${MOST_EVIDENCE_DAYS} days.`)
      .nullable(),
  }),
])
export type ChangeForm = z.output<typeof changeForm>
export type ChangeKind = ChangeForm['kind']
