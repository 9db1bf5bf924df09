import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signBytes,
} from 'node:crypto'
import type { PasskeyAssertion, PasskeyRegistration } from '../../lib/wire/auth'

/** The members of PublicKeyCredentialCreationOptionsJSON that an authenticator needs. */
export interface CreationOptions {
  challenge: string
  rp: { id?: string }
  user: { id: string }
}

/** The members of PublicKeyCredentialRequestOptionsJSON that an authenticator needs. */
export interface RequestOptions {
  challenge: string
  rpId?: string
  allowCredentials?: { id: string }[]
}

/** What goes wrong on purpose, in tests. */
export interface Misbehaviour {
  origin?: string
  rpId?: string
  isUserVerified?: boolean
  crossOrigin?: boolean
  counter?: number
  type?: string
}

/** A passkey without a device: answers as a browser with an ES256 authenticator and attestation `none` would. */
export interface SoftwarePasskey {
  credentialId: string
  /** Answers navigator.credentials.create(). */
  register(options: CreationOptions, misbehaviour?: Misbehaviour): PasskeyRegistration
  /** Answers navigator.credentials.get(). */
  sign(options: RequestOptions, misbehaviour?: Misbehaviour): PasskeyAssertion
  /** Everything it is, its private key too: for the demonstration, which uses one across processes. */
  save(): SavedPasskey
}

export interface SavedPasskey {
  credentialId: string
  /** PKCS #8 PEM */
  privateKey: string
  userHandle: string | null
}

const CREDENTIAL_ID_BYTES = 32
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const ATTESTED_DATA = 0x40
const COSE_KTY_EC2 = 2
const COSE_ES256 = -7
const COSE_P256 = 1

/** @param origin of the pages it is used on, such as http://localhost:3000 */
export function createSoftwarePasskey(origin: string, saved?: SavedPasskey): SoftwarePasskey {
  const privateKey = saved
    ? createPrivateKey(saved.privateKey)
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const publicKey = createPublicKey(privateKey)
  const credentialId = saved
    ? Buffer.from(saved.credentialId, 'base64url')
    : randomBytes(CREDENTIAL_ID_BYTES)
  const id = credentialId.toString('base64url')
  const envelope = { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const
  const rpIdHere = new URL(origin).hostname
  // Seconds keep the counter growing from one process to the next without a file of its own.
  let counter = saved ? Math.floor(Date.now() / 1000) : 0
  let userHandle = saved?.userHandle ?? undefined

  return {
    credentialId: id,
    register(options, odd = {}) {
      userHandle = options.user.id
      const authData = Buffer.concat([
        authenticatorData(options.rp.id ?? rpIdHere, counter, odd, ATTESTED_DATA),
        Buffer.alloc(16),
        uint16(credentialId.length),
        credentialId,
        cosePublicKey(publicKey),
      ])
      const attestationObject = cbor(
        new Map<string, Cbor>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData],
        ]),
      )
      return {
        ...envelope,
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, origin, odd),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    save: () => ({
      credentialId: id,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      userHandle: userHandle ?? null,
    }),
    sign(options, odd = {}) {
      counter += 1
      const authData = authenticatorData(options.rpId ?? rpIdHere, counter, odd, 0)
      const clientDataJSON = clientData('webauthn.get', options.challenge, origin, odd)
      const clientDataHash = sha256(Buffer.from(clientDataJSON, 'base64url'))
      const signature = signBytes('sha256', Buffer.concat([authData, clientDataHash]), privateKey)
      return {
        ...envelope,
        response: {
          clientDataJSON,
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(userHandle !== undefined && { userHandle }),
        },
      }
    },
  }
}

function clientData(type: string, challenge: string, origin: string, odd: Misbehaviour): string {
  const crossOrigin = odd.crossOrigin ?? false
  const data = { type: odd.type ?? type, challenge, origin: odd.origin ?? origin, crossOrigin }
  return Buffer.from(JSON.stringify(data), 'utf8').toString('base64url')
}

/** WebAuthn Level 3, section 6.1. */
function authenticatorData(
  rpId: string,
  counter: number,
  odd: Misbehaviour,
  moreFlags: number,
): Buffer {
  const verified = (odd.isUserVerified ?? true) ? USER_VERIFIED : 0
  const counted = Buffer.alloc(4)
  counted.writeUInt32BE(odd.counter ?? counter)
  const flags = Buffer.from([USER_PRESENT | verified | moreFlags])
  return Buffer.concat([sha256(Buffer.from(odd.rpId ?? rpId, 'utf8')), flags, counted])
}

/** COSE_Key (RFC 9053 section 7.1.1). */
function cosePublicKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return cbor(
    new Map<number, Cbor>([
      [1, COSE_KTY_EC2],
      [3, COSE_ES256],
      [-1, COSE_P256],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  )
}

type Cbor = number | string | Buffer | Map<string, Cbor> | Map<number, Cbor>

/** As much of CBOR (RFC 8949) as an attestation object needs: integers, texts, byte strings and maps. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8')
    return Buffer.concat([head(3, text.length), text])
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const members = [...value].flatMap(([key, member]) => [cbor(key), cbor(member)])
  return Buffer.concat([head(5, value.size), ...members])
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument])
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument])
  return Buffer.concat([Buffer.from([(major << 5) | 25]), uint16(argument)])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
