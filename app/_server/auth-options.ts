import { headers } from 'next/headers'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { readOidcClaims } from '#lib/auth/oidc-claims'
import { SESSION_MS } from '#lib/auth/session'
import { type SignInInput, signIn } from '#lib/commands/session/sign-in'
import { SECOND_MS } from '#lib/core/durations'
import type { Log } from '#lib/log'
import type { Runtime } from '#lib/runtime'
import { signInForm } from '#lib/wire/auth'
import { localPathOf } from './local-path'
import { oidcDoor } from './oidc-door'
import { doorSecret, sessionCookie } from './session-cookie'

/**
 * next-auth as the door only: it proves who is there and keeps an encrypted cookie with a session id. The session itself
 * is a row of ours, so revoking it bites on the next call.
 */
export function authOptions(runtime: Runtime): NextAuthOptions {
  const { publicUrl } = runtime.config
  return {
    secret: doorSecret(runtime),
    session: { strategy: 'jwt', maxAge: SESSION_MS / SECOND_MS },
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/sign-in' },
    useSecureCookies: publicUrl.startsWith('https:'),
    cookies: { sessionToken: sessionCookie(runtime) },
    providers: [
      linkProvider(runtime),
      passkeyProvider(runtime),
      recoveryProvider(runtime),
      ...(runtime.config.oidc ? [oidcDoor(runtime.config.oidc)] : []),
    ],
    logger: doorLog(runtime.log),
    callbacks: {
      signIn: async ({ account, profile, user }) => {
        if (account?.provider !== 'oidc') return true
        const { oidc } = runtime.config
        const claims = oidc && readOidcClaims(profile, oidc)
        const started = claims && (await begin(runtime, { method: 'oidc', claims }))
        if (started) user.id = started.id
        return started !== null
      },
      jwt: ({ token, user }) => (user ? { sid: user.id } : token),
      redirect: ({ url }) => publicUrl + localPathOf(url, publicUrl),
    },
  }
}

/** A one-time link. The secret stands in the fragment, so opening the page (or a mail scanner doing so) uses nothing up. */
function linkProvider(runtime: Runtime) {
  return CredentialsProvider({
    id: 'link',
    name: 'Link',
    credentials: { secret: {} },
    authorize: (sent) => beginByForm(runtime, { method: 'link', secret: sent?.secret }),
  })
}

function passkeyProvider(runtime: Runtime) {
  return CredentialsProvider({
    id: 'passkey',
    name: 'Passkey',
    credentials: { assertion: {} },
    authorize: (sent) =>
      beginByForm(runtime, { method: 'passkey', assertion: parsed(sent?.assertion) }),
  })
}

/** A code that a person keeps on paper, with the address it belongs to. */
function recoveryProvider(runtime: Runtime) {
  return CredentialsProvider({
    id: 'recovery',
    name: 'Recovery code',
    credentials: { email: {}, code: {} },
    authorize: (sent) =>
      beginByForm(runtime, { method: 'recovery', email: sent?.email, code: sent?.code }),
  })
}

function beginByForm(runtime: Runtime, form: unknown): Promise<{ id: string } | null> {
  const checked = signInForm.safeParse(form)
  return checked.success ? begin(runtime, checked.data) : Promise.resolve(null)
}

type SignInForm = SignInInput extends infer Each
  ? Each extends SignInInput
    ? Omit<Each, 'userAgent'>
    : never
  : never

/**
 * Starts a session row. null: refused, and next-auth tells that in its own word.
 * @throws Error('Unavailable') for a fault: next-auth puts the message of whatever is thrown into an address
 */
async function begin(runtime: Runtime, form: SignInForm): Promise<{ id: string } | null> {
  try {
    const userAgent = (await headers()).get('user-agent')
    const started = await signIn(runtime, { ...form, userAgent })
    if (!started.ok) return null
    const { sessionId, unknownGroups } = started.value
    if (unknownGroups.length > 0) {
      runtime.log.warn({ groups: unknownGroups }, 'OIDC_GROUPS maps to groups that nobody made')
    }
    return { id: sessionId }
  } catch (error) {
    runtime.log.error({ error, method: form.method }, 'a sign-in failed')
    throw new Error('Unavailable')
  }
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    // Not JSON: the form's schema refuses it.
    return null
  }
}

/** Faults of the door in the product's own log, which takes secrets out. */
function doorLog(log: Log): NonNullable<NextAuthOptions['logger']> {
  return {
    error: (code, fault) => {
      const error = fault instanceof Error ? fault : fault.error
      log.warn({ door: code, error }, 'the sign-in door reports a fault')
    },
    warn: (code) => log.warn({ door: code }, 'the sign-in door warns'),
    debug: (code) => log.debug({ door: code }, 'the sign-in door'),
  }
}
