import { OWN_TOOLS } from '#lib/core/policy/demand'
import { type ChangeKind, changeForm } from '#lib/wire/change'
import type { Deed } from './deed'
import { changeCaller, createCaller, pauseCaller, resumeCaller } from './deeds/callers'
import { invite } from './deeds/invite'
import { addKey, revokeKey } from './deeds/keys'
import { createGroup, removeMember, setMember } from './deeds/members'
import { publishPolicyOf } from './deeds/publish-policy'
import { resetFactorsOf } from './deeds/reset-factors'
import { deactivate, reactivate } from './deeds/set-active'
import { setRoles } from './deeds/set-roles'
import { rotateKeys, setRetention } from './deeds/settings'
import { unlinkOidc } from './deeds/unlink-oidc'

/** What each kind of change does. */
const DEEDS: { readonly [Kind in ChangeKind]: Deed<Kind> } = {
  'people.invite': invite,
  'people.set_roles': setRoles,
  'people.deactivate': deactivate,
  'people.reactivate': reactivate,
  'people.reset_factors': resetFactorsOf,
  'people.unlink_oidc': unlinkOidc,
  'groups.create': createGroup,
  'groups.set_member': setMember,
  'groups.remove_member': removeMember,
  'callers.create': createCaller,
  'callers.change': changeCaller,
  'callers.pause': pauseCaller,
  'callers.resume': resumeCaller,
  'callers.add_key': addKey,
  'callers.revoke_key': revokeKey,
  'policy.publish': publishPolicyOf,
  'keys.rotate': rotateKeys,
  'settings.retention': setRetention,
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
