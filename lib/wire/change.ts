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
/** RFC 3339; null: until somebody ends it. */
const until = z.iso.datetime({ offset: true, message: 'This is not a time.' }).nullable()

export const roles = z
  .array(z.enum(ROLES))
  .max(ROLES.length)
  .refine((list) => new Set(list).size === list.length, 'A role stands there twice.')

/** One change. Its `kind` behind `countersign.` is the tool of the contract that it becomes where a second admin approves it. */
export const changeForm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('people.set_roles'), person, roles }),
  z.strictObject({ kind: z.literal('people.deactivate'), person }),
  z.strictObject({ kind: z.literal('people.reactivate'), person }),
  z.strictObject({ kind: z.literal('people.reset_factors'), person }),
  z.strictObject({ kind: z.literal('groups.create'), group: groupName, label: groupLabel }),
  z.strictObject({ kind: z.literal('groups.set_member'), group: groupName, person, until }),
  z.strictObject({ kind: z.literal('groups.remove_member'), group: groupName, person }),
])
export type ChangeForm = z.output<typeof changeForm>
export type ChangeKind = ChangeForm['kind']
