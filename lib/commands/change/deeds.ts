import { OWN_TOOLS } from '#lib/core/policy/demand'
import { type ChangeKind, changeForm } from '#lib/wire/change'
import type { Deed } from './deed'
import { createGroup, removeMember, setMember } from './deeds/members'
import { resetFactorsOf } from './deeds/reset-factors'
import { deactivate, reactivate } from './deeds/set-active'
import { setRoles } from './deeds/set-roles'

/** What each kind of change does. */
const DEEDS: { readonly [Kind in ChangeKind]: Deed<Kind> } = {
  'people.set_roles': setRoles,
  'people.deactivate': deactivate,
  'people.reactivate': reactivate,
  'people.reset_factors': resetFactorsOf,
  'groups.create': createGroup,
  'groups.set_member': setMember,
  'groups.remove_member': removeMember,
}

export const CHANGE_KINDS = changeForm.options.map(({ shape }) => shape.kind.value)

export function deedOf(kind: ChangeKind): Deed {
  // Each row takes the form of its own kind, which is what it is looked up by.
  return DEEDS[kind] as unknown as Deed
}

export function toolOf(kind: ChangeKind): string {
  return OWN_TOOLS + kind
}

/** The kind that a tool of a contract is; null: none that is known here. */
export function kindOfTool(tool: string): ChangeKind | null {
  return CHANGE_KINDS.find((kind) => toolOf(kind) === tool) ?? null
}
