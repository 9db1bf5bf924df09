'use client'

import {
  type AuthenticationResponseJSON,
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import { useState } from 'react'

/** Why the browser or the person behind it gave no answer: a bold lead and what to do next. Nothing was sent. */
export interface CeremonyFault {
  lead: string
  text: string
}

export interface Ceremony {
  /** The browser's prompt is open. */
  isAsking: boolean
  /** Why the last prompt gave nothing; null while one is open. */
  fault: CeremonyFault | null
  /** Asks a passkey to sign a challenge; null when it did not, and `fault` says why. */
  ask: (
    optionsJSON: PublicKeyCredentialRequestOptionsJSON,
  ) => Promise<AuthenticationResponseJSON | null>
  /** Has a new passkey made; null when it was not, and `fault` says why. */
  make: (
    optionsJSON: PublicKeyCredentialCreationOptionsJSON,
  ) => Promise<RegistrationResponseJSON | null>
}

/** One passkey ceremony at a time (WebAuthn Level 3, sections 5.1.3 and 5.1.4), told in sentences. */
export function useCeremony(): Ceremony {
  const [isAsking, setAsking] = useState(false)
  const [fault, setFault] = useState<CeremonyFault | null>(null)

  async function run<T>(prompt: () => Promise<T>): Promise<T | null> {
    if (!browserSupportsWebAuthn()) {
      setFault(NO_PASSKEYS)
      return null
    }
    setFault(null)
    setAsking(true)
    try {
      return await prompt()
    } catch (error) {
      setFault(faultOf(error))
      return null
    } finally {
      setAsking(false)
    }
  }

  return {
    isAsking,
    fault,
    ask: (optionsJSON) => run(() => startAuthentication({ optionsJSON })),
    make: (optionsJSON) => run(() => startRegistration({ optionsJSON })),
  }
}

const NO_PASSKEYS: CeremonyFault = {
  lead: 'This browser has no passkeys.',
  text: 'Use another browser, or another way. Nothing has changed.',
}

/** By the name of the error, which the standard gives (WebAuthn Level 3, sections 5.1.3.4 and 5.1.4.3). */
const FAULTS: Record<string, CeremonyFault> = {
  NotAllowedError: {
    lead: 'No passkey was used.',
    text: 'The passkey prompt was closed, or it took too long. Nothing has changed.',
  },
  AbortError: {
    lead: 'No passkey was used.',
    text: 'The passkey prompt was closed. Nothing has changed.',
  },
  InvalidStateError: {
    lead: 'This passkey is enrolled already.',
    text: 'Use another device or security key. Nothing has changed.',
  },
  SecurityError: {
    lead: 'Passkeys do not work at this address.',
    text: 'Open Countersign at the address it was set up for. Nothing has changed.',
  },
  ConstraintError: {
    lead: 'This device cannot check that it is you.',
    text: 'Set up a screen lock, a fingerprint or a PIN on it, then try again.',
  },
  NotSupportedError: {
    lead: 'This device cannot make such a passkey.',
    text: 'Use another device or security key. Nothing has changed.',
  },
}

const UNKNOWN_FAULT: CeremonyFault = {
  lead: 'The passkey did not work.',
  text: 'Try again, or use another one. Nothing has changed.',
}

function faultOf(error: unknown): CeremonyFault {
  return (error instanceof Error ? FAULTS[error.name] : undefined) ?? UNKNOWN_FAULT
}
