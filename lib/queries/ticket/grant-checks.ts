import { isJsonObject, type Json, type JsonObject } from '#lib/core/contract/json'
import { listed, plainName } from '#lib/core/policy/plain-words'
import type { Prose, Run } from '#lib/wire/views/common'
import type { GrantCheckView } from '#lib/wire/views/vote'
import type { TicketPicture } from './load-ticket'

/**
 * What redeem checked again, as the entry of the redemption recorded it; nothing is worked out afterwards. An entry from
 * before checks were kept tells none.
 */
export function grantChecks(picture: TicketPicture): GrantCheckView[] {
  const entry = picture.events.find(({ type }) => type === 'grant.redeemed')
  const checks = entry?.body['checks']
  if (!isJsonObject(checks)) return []
  return [
    ...policyChecks(checks),
    { label: 'Contract digest', found: [shortDigest(checks)], isOk: true, result: 'Equal' },
    boundCheck(checks),
    ...counted(checks['preconditions'], 'Preconditions', 'as the contract says', 'Hold'),
    ...voterCheck(picture, checks),
    ...listCheck(checks['evidence'], 'Evidence', (many) => `${many} on file, by hash`, 'On file'),
    ...windowChecks(checks),
    ...namedCheck(checks['decision_points'], 'Decision points', 'ALLOW'),
    ...namedCheck(checks['obligations'], 'Obligations', 'Acknowledged'),
    keyCheck(picture, checks),
    { label: 'Earlier use', found: ['None'], isOk: true, result: 'First' },
  ]
}

function check(label: string, found: Prose, result: string): GrantCheckView {
  return { label, found, isOk: true, result }
}

function policyChecks(checks: JsonObject): GrantCheckView[] {
  const [pinned, current] = texts(checks['policies'])
  if (pinned === undefined) return []
  const now: Run = current === undefined ? 'The same version' : { kind: 'code', text: current }
  return [
    check('Pinned policy', [{ kind: 'code', text: pinned }], 'ALLOW'),
    check('Current policy', [now], 'ALLOW'),
  ]
}

function shortDigest(checks: JsonObject): Run {
  const hex = String(checks['contract_digest'] ?? '').replace(/^sha-256:/u, '')
  return { kind: 'code', text: `${hex.slice(0, 8)} … ${hex.slice(-8)}` }
}

function boundCheck(checks: JsonObject): GrantCheckView {
  const bound = Number(checks['bound_tools'] ?? 0)
  const whose = bound === 1 ? 'Of one tool' : `Of ${bound} tools`
  return check('Arguments', [bound === 0 ? 'None bound, none sent' : `${whose}, the same`], 'Equal')
}

function voterCheck({ nameOf }: TicketPicture, checks: JsonObject): GrantCheckView[] {
  const voters = texts(checks['voters'])
  if (voters.length === 0) return []
  return [check('Voters', [`${listed(voters.map(nameOf), 'and')}, asked again`], 'Eligible')]
}

function windowChecks(checks: JsonObject): GrantCheckView[] {
  const windows = Array.isArray(checks['windows']) ? checks['windows'].filter(isJsonObject) : []
  return windows.map((one) => {
    const name = plainName(String(one['calendar'] ?? ''))
    const until = one['shuts_at']
    const found: Prose =
      typeof until === 'string'
        ? [`${name.slice(0, 1).toUpperCase()}${name.slice(1)}, until `, time(until)]
        : [`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`]
    return check('Change window', found, 'Open')
  })
}

function time(at: string): Run {
  return { kind: 'time', at, form: 'short' }
}

/** The key by its name and by what a person sees of it where keys are made. */
function keyCheck({ redeemKey }: TicketPicture, checks: JsonObject): GrantCheckView {
  const audience = String(checks['audience'] ?? '')
  const found: Prose = redeemKey
    ? [`${audience}, key “${redeemKey.name}” `, { kind: 'code', text: redeemKey.hint }]
    : [audience]
  return check('Audience and key', found, 'Equal')
}

function counted(value: Json | undefined, label: string, words: string, result: string) {
  const many = Number(value ?? 0)
  return many > 0 ? [check(label, [`${many}, ${words}`], result)] : []
}

function listCheck(
  value: Json | undefined,
  label: string,
  words: (many: number) => string,
  result: string,
): GrantCheckView[] {
  const many = Array.isArray(value) ? value.length : 0
  return many > 0 ? [check(label, [words(many)], result)] : []
}

function namedCheck(value: Json | undefined, label: string, result: string): GrantCheckView[] {
  const names = texts(value)
  return names.length > 0 ? [check(label, [listed(names.map(plainName), 'and')], result)] : []
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
