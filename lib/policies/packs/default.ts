import { isKnownZone } from '#lib/core/policy/zone-clock'

export interface DefaultPackOptions {
  /** IANA zone of the business hours. */
  zone: string
  /** `always` makes business hours 24×7, for demonstrations; its label says so. */
  businessHours: 'weekdays' | 'always'
}

/**
 * The policy that an installation starts with, as YAML for people to read and change. It is text in a module, not a
 * file, so that a bundled server carries it.
 * @throws RangeError for an unknown zone
 */
export function defaultPack({ zone, businessHours }: DefaultPackOptions): string {
  if (!isKnownZone(zone)) throw new RangeError(`${zone} is not a time zone of the IANA database`)
  return `${HEAD}
calendars:
  business_hours:
    zone: ${zone}
${HOURS[businessHours]}
${BODY}`
}

const HEAD = `# What may run, and who has to say so first.
# All rules that match a tool apply, and each can only add to what the others demand. A tool that is not in the table, or
# that no rule allows, needs the default approval. Claims (what the agent says about itself) can add demands, never lift them.
description: Risk classes with the checks each of them needs
deadline: 24h
execution_window: 4h

# The label is what one member is called.
groups:
  release_managers: { label: Release manager }
  finance_approvers: { label: Finance approver }
  data_stewards: { label: Data steward }
  security_approvers: { label: Security approver }
`

const HOURS = {
  weekdays: `    label: Monday to Friday 09:00 to 17:00
    hours:
      - { days: [mon, tue, wed, thu, fri], from: 09:00, to: 17:00 }
    holidays: []
    freezes: []
`,
  always: `    label: Around the clock, every day (demonstration hours)
    hours:
      - { days: [mon, tue, wed, thu, fri, sat, sun], from: 00:00, to: 24:00 }
    holidays: []
    freezes: []
`,
}

const BODY = `# Evidence comes from people. A backup is only worth something while it is fresh.
evidence:
  rollback_plan: { from: human }
  change_record: { from: human_or_caller }
  test_results: { from: human_or_caller }
  backup: { from: human, max_age: 24h }
  impact_analysis: { from: human }
  attachment: { from: human_or_caller }
  note: { from: human_or_caller }

# A name or a dotted prefix; the longest one that fits counts. The environment is where the tool acts: a caller that is
# not registered for it is denied.
tools:
  deploy.production: { risk: production_control_plane, environment: production }
  deploy.staging: { risk: external_side_effect, environment: staging }
  deploy.*: { risk: production_control_plane, environment: production }
  rollback.*: { risk: production_control_plane, environment: production }
  config.read: { risk: read_only }
  config.read.*: { risk: read_only }
  config.*: { risk: production_control_plane, environment: production }
  payments.read: { risk: read_only }
  payments.read.*: { risk: read_only }
  payments.*: { risk: money_outward }
  payouts.*: { risk: money_outward }
  refunds.*: { risk: money_outward }
  transfers.*: { risk: money_outward }
  database.read: { risk: read_only }
  database.read.*: { risk: read_only }
  database.*: { risk: destructive_data_change }
  storage.read: { risk: read_only }
  storage.read.*: { risk: read_only }
  storage.*: { risk: destructive_data_change }
  accounts.read: { risk: read_only }
  accounts.read.*: { risk: read_only }
  accounts.*: { risk: destructive_data_change }
  iam.read: { risk: read_only }
  iam.read.*: { risk: read_only }
  iam.*: { risk: privilege_change }
  secrets.*: { risk: privilege_change }
  email.*: { risk: external_side_effect }
  messages.*: { risk: external_side_effect }
  tickets.*: { risk: external_side_effect }
  webhooks.*: { risk: external_side_effect }
  logs.read.*: { risk: read_only }
  metrics.read.*: { risk: read_only }
  search.*: { risk: read_only }

default_approval: { group: release_managers, count: 1, mfa: any }

rules:
  - name: reads
    effect: allow
    when: tool.risk == "read_only"

  - name: staging
    effect: allow
    when: tool.environment == "staging" && tool.risk == "external_side_effect"

  - name: external_side_effects
    effect: allow
    when: tool.risk == "external_side_effect" && tool.environment != "staging"
    require:
      - approval: { group: release_managers, count: 1, mfa: any, slack_totp: true }
      - mfa: any

  # Deploys and config changes can be right and still be unsafe at the wrong time or without a way back.
  - name: production_changes
    effect: allow
    when: tool.risk == "production_control_plane"
    require:
      - approval: { group: release_managers, count: 1, mfa: any, slack_totp: true }
      - mfa: any
      - evidence: rollback_plan
      - change_window: business_hours

  # Anything that sends value outward is high risk, even when the call looks routine.
  - name: money_outward
    effect: allow
    when: tool.risk == "money_outward"
    require:
      - approval: { group: finance_approvers, count: 2, via: [web], mfa: phishing_resistant }
      - mfa: phishing_resistant

  - name: destructive_data_changes
    effect: allow
    when: tool.risk == "destructive_data_change"
    require:
      - approval: { group: data_stewards, count: 2, via: [web], mfa: phishing_resistant }
      - mfa: phishing_resistant
      - evidence: backup

  - name: privilege_changes
    effect: allow
    when: tool.risk == "privilege_change"
    require:
      - approval: { group: security_approvers, count: 2, via: [web], mfa: phishing_resistant }
      - mfa: phishing_resistant

  # What the agent itself says its action does.
  - name: says_it_writes
    effect: require
    when: >-
      tool.risk == "read_only"
      && (claims.side_effect("write") || claims.side_effect("delete") || claims.side_effect("service_impact"))
    require:
      - approval: { group: release_managers, count: 1, mfa: any, slack_totp: true }

  - name: says_it_moves_money
    effect: require
    when: claims.side_effect("payment") || claims.side_effect("refund") || claims.side_effect("transfer")
    require:
      - approval: { group: finance_approvers, count: 1, via: [web], mfa: phishing_resistant }

  - name: says_it_destroys
    effect: require
    when: claims.side_effect("delete") || claims.side_effect("bulk_write") || claims.side_effect("irreversible")
    require:
      - approval: { group: data_stewards, count: 1, via: [web], mfa: phishing_resistant }
`
