import type { Contract } from '../../../lib/core/contract/contract'
import { contractDigest } from '../../../lib/core/contract/digest'
import type { JsonObject } from '../../../lib/core/contract/json'
import { visibleText } from '../../../lib/core/contract/visible'
import { describeRequirement } from '../../../lib/core/policy/describe-requirement'
import { evaluate } from '../../../lib/core/policy/evaluate'
import type { CompiledPolicy, Facts } from '../../../lib/core/policy/types'
import { usageError } from '../exits'
import type { Given } from '../given'
import { timeOf } from '../read-time'
import type { Members } from './members'

/** Nothing is registered anywhere: these only fill the places. */
const NOBODY = 'clr_file'
const DOMAIN = 'https://policy.check'

/** What a policy would say of a contract that nobody has voted on yet. */
export function foresee(
  policy: CompiledPolicy,
  contract: Contract,
  members: Members,
  given: Given,
): { json: JsonObject; lines: string[] } {
  const now = timeOf(given, 'at')
  const facts = factsOf(policy, contract, members, given)
  const seen = evaluate({ contract, facts, policies: [policy], now })
  const groupLabels = Object.fromEntries(
    Object.entries(policy.groups).map(([group, { label }]) => [group, label]),
  )
  const reader = {
    now,
    zone: 'UTC',
    groupLabels,
    organisation: 'the organisation',
    facts,
    viewer: null,
    calendars: policy.calendars,
  }
  const requirements = seen.requirements.map((status) => ({
    id: status.requirement.id,
    kind: status.requirement.kind,
    state: status.state,
    title: describeRequirement(status, reader).title,
  }))
  const { verdict, risk, environment } = seen
  const issues = seen.issues.map(({ code, severity, message }) => ({ code, severity, message }))
  const obligations = seen.obligations.map(({ name, value }) => ({ name, value }))
  return {
    json: { verdict, risk, environment, requirements, issues, obligations },
    lines: [
      `The contract would get ${verdict} (risk ${risk}, environment ${environment ?? 'none'})`,
      ...requirements.map(({ state, title }) => visibleText(`  ${state.padEnd(10)} ${title}`)),
      ...obligations.map(({ name, value }) => visibleText(`  to keep    ${name}: ${value}`)),
      ...issues.map(({ code, message }) => visibleText(`  ! ${code}: ${message}`)),
    ],
  }
}

function factsOf(
  policy: CompiledPolicy,
  contract: Contract,
  members: Members,
  given: Given,
): Facts {
  const kind = given.text('caller-kind') ?? 'ci_job'
  if (kind !== 'agent' && kind !== 'ci_job') throw usageError('--caller-kind is agent or ci_job.')
  const people = [...new Set(Object.values(members).flat())]
  return {
    requestId: 'req_file',
    domain: DOMAIN,
    contractDigest: contractDigest({ domain: DOMAIN, caller: NOBODY, contract }).digest,
    pinnedPolicyVersion: policy.version,
    caller: {
      id: NOBODY,
      name: given.text('caller-name') ?? 'cli',
      kind,
      roles: given.texts('caller-role'),
      environments: given.texts('caller-environment'),
      ownerId: 'prs_file',
      active: true,
    },
    requesters: [],
    votes: [],
    evidence: [],
    directory: {
      people: Object.fromEntries(people.map((name) => [name, { name, active: true, roles: [] }])),
      groups: Object.fromEntries(
        Object.entries(members).map(([group, names]) => [
          group,
          names.map((person) => ({ person, expiresAt: null })),
        ]),
      ),
    },
    remotes: [],
    inputSeq: 0,
  }
}
