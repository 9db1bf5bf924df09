import { waitWords } from '#lib/wire/wait-words'

/** Why nobody was signed in, for people: a bold lead and what to do next. */
export interface DoorFault {
  lead: string
  text: string
}

const OIDC_BROKE: DoorFault = {
  lead: 'Single sign-on did not finish.',
  text: 'Try it again. If it stays like this, use a passkey or ask an admin for a link.',
}

const FAULTS: Record<string, DoorFault> = {
  AccessDenied: {
    lead: 'Single sign-on named nobody here.',
    text: 'Ask an admin to add you with the e-mail address you have there; it has to be verified there, and yours alone. Or use a passkey or a link.',
  },
  OAuthSignin: OIDC_BROKE,
  OAuthCallback: OIDC_BROKE,
  Callback: OIDC_BROKE,
  Unavailable: {
    lead: 'Countersign cannot reach its database.',
    text: 'Nobody was signed in, and nothing runs because of it. Try again in a moment.',
  },
  Unreachable: {
    lead: 'Countersign cannot be reached.',
    text: 'Check the connection, load this page again and repeat it.',
  },
  Stale: {
    lead: 'This page was open for too long.',
    text: 'Load it again, then repeat it.',
  },
}

const UNKNOWN: DoorFault = {
  lead: 'Signing in did not work.',
  text: 'Try again, or ask an admin for a one-time link.',
}

export const LINK_REFUSED: DoorFault = {
  lead: 'This link does not sign in.',
  text: 'It was used already, or its time is over. Each link signs in once: ask for a new one.',
}

export const PASSKEY_REFUSED: DoorFault = {
  lead: 'This passkey was not accepted.',
  text: 'It was removed, or it waits for a second person to confirm it. Use another way to sign in.',
}

/** With the seconds to wait. */
const TOO_MANY = /^TooMany-(\d{1,5})$/

function tooMany(seconds: number): DoorFault {
  const when = `Try again in ${waitWords(seconds)}.`
  return {
    lead: 'Too many attempts.',
    text: `${when} Nobody was signed in, and nothing is used up.`,
  }
}

export const RECOVERY_REFUSED: DoorFault = {
  lead: 'The address or the code was not accepted.',
  text: 'Each code signs in once, and new ones void the old. Check both, or ask an admin for a one-time link.',
}

/** By the code in the door's answer; `refused` is what its plain no means at this place. */
export function doorFault(code: string, refused: DoorFault = UNKNOWN): DoorFault {
  if (code === 'CredentialsSignin') return refused
  const wait = TOO_MANY.exec(code)?.[1]
  if (wait) return tooMany(Number(wait))
  return Object.hasOwn(FAULTS, code) ? (FAULTS[code] ?? UNKNOWN) : UNKNOWN
}
