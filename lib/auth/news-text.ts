import { HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import type { EventDraft } from '#lib/db/append-events'

/**
 * What an audit event on a person's stream says to that person; null: nothing that they have to be told. It holds no secret and
 * no text that somebody chose, but for the names of people, which admins give.
 * @param byName who did it, where that was not the person themselves
 */
export function newsText(draft: EventDraft, byName: string | null): string | null {
  const words = WORDS[draft.type]
  return words ? words(draft.body, byName) : null
}

/** The same for whoever watches over the installation. */
export function alertText(
  { type, body }: EventDraft,
  { byName, name }: { byName: string | null; name: string },
): string | null {
  if (type === 'factors.reset') {
    return `${byName ?? name} reset the factors of ${name}. Whatever ${name} adds now, a second person has to confirm: ask ${name}, in person or by voice, before you do.`
  }
  if (type === 'account.disowned') {
    const count = Number(body['sessions'])
    return `${name} says that somebody else changed their account. ${count === 1 ? 'Their session was' : 'All their sessions were'} ended. Speak with them, then reset their factors on the page of people.`
  }
  if (type === 'oidc_identity.refused') {
    return `Another account with the e-mail address of ${name} tried to sign in by single sign-on and was refused. Find out with ${name} whose it is.`
  }
  return null
}

type Words = (body: EventDraft['body'], byName: string | null) => string | null

const WORDS: Record<string, Words | undefined> = {
  'factor.added': (body) => {
    const what = kindOf(body)
    const came =
      body['replaces'] === true
        ? 'Your authenticator app was replaced by another one.'
        : `${upper(what)} was added to your account.`
    return body['confirmed'] === true
      ? `${came} It was proved with a factor you have, and votes on tickets opened from now on.`
      : `${came} It proves nothing until a second person confirms it.`
  },
  'factor.confirmed': (body, byName) => {
    // Told with its adding.
    if (body['control'] === 'own_factor') return null
    const what = body['kind'] === 'passkey' ? 'passkey' : 'authenticator app'
    return byName === null
      ? `Your ${what} was confirmed by yourself, since nobody else here could. The record says that dual control was off.`
      : `${byName} confirmed your ${what}. It votes on tickets opened from now on.`
  },
  'factor.removed': (body, byName) =>
    byName === null
      ? `${upper(kindOf(body))} was removed from your account.`
      : `${byName} removed ${kindOf(body)} from your account.`,
  'factors.reset': (_body, byName) =>
    `${byName ?? 'You'} reset your factors: passkeys, authenticator app and recovery codes are gone, and your sessions were ended. What you add now, a second person confirms.`,
  'recovery_codes.made': () =>
    'New recovery codes were made for your account. Earlier ones sign in no more.',
  'recovery_code.used': (body) =>
    `Somebody signed in to your account with a recovery code. ${leftText(Number(body['left']))}`,
  'totp.locked': (body) =>
    `Codes of your authenticator app were locked for ${spanOf(Number(body['locked_ms']))}, after five wrong ones. A passkey still works.`,
  'totp.unlocked': (_body, byName) =>
    `${byName ?? 'You'} unlocked the codes of your authenticator app.`,
  'oidc_identity.linked': (body) =>
    `You signed in by ${hostOf(body)} for the first time. From now on that account there is you, whatever its address becomes.`,
  'oidc_identity.refused': (body) =>
    `Somebody with your e-mail address tried to sign in by ${hostOf(body)}, as another account there than yours, and was refused. If that was you, with a new account, ask an admin to unlink the old one.`,
  'oidc_identity.unlinked': (_body, byName) =>
    `${byName ?? 'You'} ended the link to your account for single sign-on. The next one there that has your address, verified, is linked instead.`,
  'slack.linked': (body) =>
    `The Slack user ${String(body['user'])} was linked to you: what it does there counts as done by you.`,
  'slack.unlinked': (body, byName) =>
    byName === null
      ? `Your link to the Slack user ${String(body['user'])} was ended.`
      : `${byName} ended your link to the Slack user ${String(body['user'])}.`,
}

/** Of an issuer: it is configured here, and nobody else's text. */
function hostOf(body: EventDraft['body']): string {
  return new URL(String(body['issuer'])).host
}

function kindOf(body: EventDraft['body']): string {
  return body['kind'] === 'passkey' ? 'a passkey' : 'an authenticator app'
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function leftText(left: number): string {
  if (left === 0) return 'None is left.'
  return left === 1 ? 'One is left.' : `${left} are left.`
}

function spanOf(ms: number): string {
  return ms < HOUR_MS ? `${ms / MINUTE_MS} minutes` : hoursText(ms / HOUR_MS)
}

function hoursText(hours: number): string {
  return hours === 1 ? 'one hour' : `${hours} hours`
}
