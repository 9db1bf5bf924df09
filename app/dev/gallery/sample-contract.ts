import type { Prose } from '#lib/wire/views/common'
import type { ContractView, ParallelLineView } from '#lib/wire/views/ticket'

const claims: Prose[number] = { kind: 'tag', tag: 'claims' }
const claim = (text: string): Prose[number] => ({ kind: 'claim', text })

/** `"key":` is marked as a key; the rest of the line is not. */
function line(indent: 0 | 1 | 2, bytes: string, reading: Prose): ParallelLineView {
  const pieces = bytes.split(/("[a-z_]+":)/u).filter((text) => text !== '')
  return { indent, bytes: pieces.map((text) => ({ text, isKey: text.endsWith('":') })), reading }
}

/** The seed's contract, as hashed, from issuer to version. */
export const contract: ContractView = {
  digest: 'sha-256:7a3d81c76b42e1b5fadfa0d282e3b4ab4baea1335080fdca3fec50df71936d9f',
  byteLength: 491,
  absent: ['arguments', 'success criteria', 'preconditions', 'on_behalf_of', 'run_id'],
  lines: [
    line(0, '{"caller":"clr_01KA8Q4T9ZP2",', [
      { kind: 'strong', text: 'ci-release' },
      ', a CI job owned by Jonas Weber ',
      { kind: 'tag', tag: 'registered' },
    ]),
    line(0, '"contract":{', ['What the caller sent, lines 3 to 14']),
    line(1, '"constraints":["require_approval: true",', [
      'Became item 1, approval by a release manager',
    ]),
    line(2, '"allowed_change_window: business_hours",', [
      'Became item 4, Monday to Friday 09:00 to 17:00',
    ]),
    line(2, '"rollback_plan_required: true",', ['Became item 3, a rollback plan on file']),
    line(2, '"mfa_required: true"],', ['Became item 2, a second factor with the vote']),
    line(1, '"context":{"actor_role":"release_manager",', [
      claims,
      ' ',
      claim('release_manager'),
      '. Satisfies nothing, registered as deployer',
    ]),
    line(2, '"approval_status":"pending",', [
      claims,
      ' ',
      claim('pending'),
      '. Satisfies nothing, only recorded votes count',
    ]),
    line(2, '"environment":"production",', [
      claims,
      ' ',
      claim('production'),
      '. Agrees with what is registered',
    ]),
    line(2, '"rollback_plan":false,', [claims, ' ', claim('false'), '. Nothing is on file either']),
    line(2, '"ticket_id":"OPS-214"},', [
      claims,
      ' external ticket ',
      claim('OPS-214'),
      '. Not looked up',
    ]),
    line(1, '"goal":"Deploy release 2026.03.14 to production",', [
      claims,
      ' this goal, in its own words',
    ]),
    line(1, '"side_effects":["service_impact","write"],', [
      claims,
      ' ',
      claim('service_impact'),
      ', ',
      claim('write'),
      '. Can only add demands',
    ]),
    line(1, '"tools":["deploy.production"]},', [
      { kind: 'strong', text: 'Production control plane' },
      '. No arguments are bound to it',
    ]),
    line(0, '"domain":"https://countersign.osterby.example",', ['This installation']),
    line(0, '"v":1}', ['Contract format 1']),
  ],
}
