import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type VerifiedRegistrationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { PasskeyJwk } from '#lib/core/ticket/assertion'
import type { PasskeyRegistration } from '#lib/wire/auth'
import { CHALLENGE_MS } from './challenge'
import { readClientData } from './client-data'
import { PASSKEY_ALGORITHMS, passkeyJwk } from './passkey-key'
import { type AuthRuntime, relyingParty } from './runtime'

/** A passkey as it came from the browser, verified. */
export interface NewPasskey {
  credentialId: string
  /** COSE_Key bytes. */
  publicKey: Uint8Array
  jwk: PasskeyJwk
  counter: number
  transports: string[]
  /** Whether its maker may copy it to other devices (WebAuthn Level 3, section 6.1.3, the backup eligibility flag). */
  synced: boolean
}

/** What the browser hands to `navigator.credentials.create`: a discoverable passkey that verifies its user. */
export function registrationOptions(
  runtime: Pick<AuthRuntime, 'config' | 'installation'>,
  person: { id: string; name: string; email: string },
  challenge: Uint8Array,
  existing: { id: string; transports: string[] }[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { id, name } = relyingParty(runtime)
  return generateRegistrationOptions({
    rpID: id,
    rpName: name,
    userID: new Uint8Array(Buffer.from(person.id, 'utf8')),
    userName: person.email,
    userDisplayName: person.name,
    challenge: new Uint8Array(challenge),
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: existing,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  })
}

/**
 * Verifies what the browser answered (WebAuthn Level 3, section 7.1).
 * @returns null when it does not hold, or its key is of a kind that is not used here
 */
export async function verifyRegistration(
  runtime: Pick<AuthRuntime, 'config' | 'installation'>,
  response: PasskeyRegistration,
  challenge: string,
): Promise<NewPasskey | null> {
  const verified = await verify(runtime, response, challenge)
  if (!verified?.verified) return null
  const { credential, credentialDeviceType } = verified.registrationInfo
  const jwk = passkeyJwk(credential.publicKey)
  if (jwk === undefined) return null
  return {
    credentialId: credential.id,
    publicKey: credential.publicKey,
    jwk,
    counter: credential.counter,
    transports: response.response.transports ?? [],
    synced: credentialDeviceType === 'multiDevice',
  }
}

async function verify(
  runtime: Pick<AuthRuntime, 'config' | 'installation'>,
  response: PasskeyRegistration,
  challenge: string,
): Promise<VerifiedRegistrationResponse | null> {
  if (readClientData(response.response.clientDataJSON)?.isFramed !== false) return null
  const { origin, id } = relyingParty(runtime)
  try {
    return await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
    })
  } catch {
    // The library throws for every mismatch; a passkey that does not verify is refused, whatever the reason.
    return null
  }
}
