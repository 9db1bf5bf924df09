import { describeRequirement, type Reader } from '#lib/core/policy/describe-requirement'
import type { CompiledPolicy, RequirementStatus } from '#lib/core/policy/types'
import { groupLabels } from './group-labels'

/** Nobody in particular: the title of a requirement does not depend on who reads it. */
const ANYBODY: Omit<Reader, 'groupLabels'> = {
  now: 0,
  zone: 'UTC',
  organisation: '',
  viewer: null,
  calendars: {},
  facts: {
    requesters: [],
    caller: {
      id: '',
      name: '',
      kind: 'agent',
      roles: [],
      environments: [],
      ownerId: '',
      active: false,
    },
    directory: { people: {}, groups: {} },
  },
}

/** "Approval by one release manager" */
export function requirementTitle(
  status: RequirementStatus,
  policies: readonly CompiledPolicy[],
): string {
  return describeRequirement(status, { ...ANYBODY, groupLabels: groupLabels(policies) }).title
}
