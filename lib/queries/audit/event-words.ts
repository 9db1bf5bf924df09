import { roleWords } from '../role-words'
import { refusalWords } from './refusal-words'

/** What the sentence of an entry is made of. Names are the registered ones. */
export interface Told {
  /** Who did it; "Countersign" for the installation itself. */
  who: string
  /** Whom or what the stream is of: a person's or a caller's name. */
  whom: string
  /** They did it to themselves. */
  isOwn: boolean
  body: Record<string, unknown>
  nameOf: (personId: string) => string
}

/** An entry's sentence without its full stop. Values of the body are ids and codes of Countersign's own. */
type Words = (told: Told) => string

/** Entries of people's streams. */
const OF_PEOPLE: Record<string, Words> = {
  'person.created': ({ who, whom }) => `${who} added ${whom}`,
  'person.deactivated': ({ who, whom }) => `${who} deactivated ${whom}`,
  'person.reactivated': ({ who, whom }) => `${who} brought ${whom} back`,
  'person.roles_changed': ({ who, whom, body }) =>
    `${who} gave ${whom} the roles ${listOf(body['after'], roleWords)}`,
  'session.started': ({ whom, body }) => `${whom} signed in${by(body['method'])}`,
  'session.ended': ({ who, whom, isOwn, body }) =>
    body['session'] === 'all'
      ? `${who} ended ${isOwn ? 'their' : `${whom}’s`} sessions`
      : `${isOwn ? whom : who} ended a session${isOwn ? '' : ` of ${whom}`}`,
  'sign_in.refused': ({ whom, body }) => `A sign-in of ${whom}${by(body['method'])} was refused`,
  'sign_in_link.created': ({ who, whom }) => `${who} made a sign-in link for ${whom}`,
  'sign_in_link.not_sent': ({ whom }) => `A sign-in link for ${whom} could not be mailed`,
  'sign_in_link.refused': ({ who, body, nameOf }) =>
    `${who} tried to make a sign-in link for ${nameOf(textOf(body['person']))} and was refused`,
  'recovery_code.used': ({ whom }) => `${whom} signed in with a recovery code`,
  'recovery_codes.made': ({ whom }) => `${whom} made new recovery codes`,
  'factor.added': ({ whom, body }) => `${whom} added ${factor(body)}`,
  'factor.confirmed': ({ who, whom, isOwn, body }) =>
    `${who} confirmed ${factor(body)}${isOwn ? ' of their own' : ` of ${whom}`}`,
  'factor.confirmation_refused': ({ who, whom }) =>
    `${who} tried to confirm a factor of ${whom} and was refused`,
  'factor.refused': ({ whom, body }) =>
    `A factor of ${whom} was refused: ${codeOf(body['reason'])}`,
  'factor.removed': ({ who, whom, isOwn, body }) =>
    `${who} removed ${factor(body)}${isOwn ? '' : ` of ${whom}`}`,
  'factors.reset': ({ who, whom }) => `${who} reset the factors of ${whom}`,
  'passkey.renamed': ({ whom }) => `${whom} renamed a passkey`,
  'totp.locked': ({ whom }) => `Codes of ${whom} were locked after five wrong ones`,
  'totp.unlocked': ({ who, whom }) => `${who} unlocked the codes of ${whom}`,
  'group.joined': ({ who, whom, body }) =>
    `${who} put ${whom} into the group ${textOf(body['group'])}`,
  'group.left': ({ who, whom, body }) =>
    `${who} took ${whom} out of the group ${textOf(body['group'])}`,
  'oidc_identity.linked': ({ whom }) => `${whom} was linked by single sign-on`,
  'oidc_identity.unlinked': ({ who, whom }) => `${who} ended the single sign-on of ${whom}`,
  'oidc_identity.refused': ({ whom }) =>
    `Another account with the address of ${whom} was refused at single sign-on`,
  'slack.linked': ({ whom }) => `${whom} linked a Slack user`,
  'slack.unlinked': ({ who, whom, isOwn }) =>
    `${who} ended ${isOwn ? 'their' : `${whom}’s`} link to Slack`,
  'sign_pass.created': ({ whom }) => `${whom} was given a way to a signing page`,
  'sign_pass.opened': ({ whom }) => `${whom} opened a signing page from Slack`,
  'sign_pass.refused': ({ whom }) => `A way of ${whom} to a signing page was refused`,
  'account.disowned': ({ whom }) => `${whom} said that somebody else changed their account`,
  'account.refused': ({ whom, body }) =>
    `${whom} tried ${codeOf(body['action'])} on an account and was refused`,
  'change.refused': ({ whom, body }) =>
    `${whom} tried to make a change (${codeOf(body['kind'])}) and was refused`,
}

/** Entries of callers' streams. */
const OF_CALLERS: Record<string, Words> = {
  'caller.created': ({ who, whom }) => `${who} registered the caller ${whom}`,
  'caller.changed': ({ who, whom }) => `${who} changed the caller ${whom}`,
  'caller.paused': ({ who, whom }) => `${who} paused the caller ${whom}`,
  'caller.resumed': ({ who, whom }) => `${who} let the caller ${whom} go on`,
  'api_key.created': ({ who, whom }) => `${who} made a key for ${whom}`,
  'api_key.revoked': ({ who, whom }) => `${who} revoked a key of ${whom}`,
  'grant.unreported': ({ whom }) => `${whom} has not reported how a redeemed grant ended`,
  'webhook.created': ({ who, whom, body }) =>
    `${who} added an endpoint of ${whom} at ${textOf(body['host'])}`,
  'webhook.changed': ({ who, whom }) => `${who} changed an endpoint of ${whom}`,
  'webhook.enabled': ({ who, whom }) => `${who} enabled an endpoint of ${whom}`,
  'webhook.disabled': ({ who, whom }) => `${who} disabled an endpoint of ${whom}`,
  'webhook.removed': ({ who, whom }) => `${who} removed an endpoint of ${whom}`,
  'webhook.secret_rotated': ({ who, whom }) => `${who} gave an endpoint of ${whom} another secret`,
  'webhook.replayed': ({ who, whom }) => `${who} had deliveries of ${whom} sent again`,
  'webhook.tested': ({ who, whom }) => `${who} sent a test to an endpoint of ${whom}`,
  'webhook.failing': ({ whom }) => `An endpoint of ${whom} fails`,
}

/** Entries of the installation's and of policies' streams. */
const OF_THE_INSTALLATION: Record<string, Words> = {
  'installation.created': () => 'The installation began',
  'retention.changed': ({ body, who }) =>
    `${who} had evidence kept ${body['evidence_days'] === null ? 'for ever' : `for ${textOf(body['evidence_days'])} days`}`,
  'signing_key.created': ({ body }) => `A key for ${codeOf(body['purpose'])} was made`,
  'generation.bumped': ({ body }) =>
    `Generation ${textOf(body['generation'])} began: grants and tokens of earlier ones are void`,
  'dual_control.began': ({ who }) => `Dual control began, with ${who}`,
  'dual_control.ended': ({ who }) => `${who} ended dual control`,
  'dual_control.off': ({ who, body }) =>
    `Dual control was off: ${who} did alone what takes two (${codeOf(body['change'] ?? body['control'])})`,
  'group.created': ({ who, body }) => `${who} made the group ${textOf(body['group'])}`,
  'policy.published': ({ who, body }) => `${who} published the policy ${textOf(body['version'])}`,
  'slack.installed': ({ who }) => `${who} added Countersign to a Slack workspace`,
  'slack.removed': ({ who }) => `${who} took Countersign out of a Slack workspace`,
  'slack.routing_published': ({ who, body }) =>
    `${who} published routing ${textOf(body['ordinal'])} for Slack`,
  'audit.exported': ({ who, body }) =>
    `${who} exported ${body['kind'] === 'trail' ? 'the audit trail' : 'entries of the audit trail'} as ${formatOf(body['format'])}`,
  'queue.retried': ({ who, body }) =>
    body['job'] === 'all'
      ? `${who} had all failed jobs tried again`
      : `${who} had a failed job of the queue ${textOf(body['queue'])} tried again`,
}

const WORDS: Record<string, Words | undefined> = {
  ...OF_PEOPLE,
  ...OF_CALLERS,
  ...OF_THE_INSTALLATION,
}

/** Types of entries outside requests' streams. */
export const OTHER_TYPES: readonly string[] = Object.keys(WORDS)

/** What happened outside a request, as a sentence without its full stop. A type that has no words of its own is told by its name. */
export function eventWords(type: string, told: Told): string {
  const words = WORDS[type]
  return words ? words(told) : `${type.replace('.', ' ').replaceAll('_', ' ')}, by ${told.who}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?'
}

/** A code of ours in words: `not_now` is "not now", a refusal's its title. */
function codeOf(value: unknown): string {
  return refusalWords(value) ?? textOf(value).replaceAll('_', ' ')
}

function listOf(value: unknown, wordsOf: (text: string) => string): string {
  const items = Array.isArray(value) ? value.map((item) => wordsOf(textOf(item))) : []
  return items.length === 0 ? 'of nobody' : items.join(', ')
}

function by(method: unknown): string {
  return METHODS[textOf(method)] ?? ''
}

const METHODS: Record<string, string> = {
  passkey: ' with a passkey',
  totp: ' with a code',
  link: ' by link',
  mail: ' by mail',
  oidc: ' by single sign-on',
  recovery: ' with a recovery code',
}

function factor(body: Told['body']): string {
  return body['kind'] === 'passkey' ? 'a passkey' : 'an authenticator app'
}

function formatOf(format: unknown): string {
  return format === 'csv' ? 'CSV' : 'JSON Lines'
}
