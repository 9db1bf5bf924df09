import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { endDualControl } from '../lib/commands/change/dual-control'
import { addMember } from '../lib/commands/directory/add-member'
import { createApiKey } from '../lib/commands/directory/create-api-key'
import { createCaller } from '../lib/commands/directory/create-caller'
import { createPerson } from '../lib/commands/directory/create-person'
import { removeMember } from '../lib/commands/directory/remove-member'
import { revokeApiKey } from '../lib/commands/directory/revoke-api-key'
import { eraseEvidence } from '../lib/commands/evidence/erase-evidence'
import { resetFactors } from '../lib/commands/factor/reset-factors'
import { unlockCodes } from '../lib/commands/factor/unlock-codes'
import { bumpGeneration } from '../lib/commands/grant/bump-generation'
import { publishPolicy } from '../lib/commands/publish-policy'
import { createSignInLink } from '../lib/commands/session/create-sign-in-link'
import { publishRouting } from '../lib/commands/slack/workspace/publish-routing'
import { refusalEntry } from '../lib/core/refusals'
import type { Result } from '../lib/core/result'
import { isInstalled } from '../lib/queries/slack/fault'
import { createRuntime, type Runtime } from '../lib/runtime'
import { ROLES, type Role } from '../lib/wire/change'
import { GROUP_LABELS } from './lib/demo-people'
import { prepare } from './run/prepare'

/**
 * `npm run admin -- …`: sets an installation up from its own machine. Whoever can run it can read the database anyway; what it
 * does is in the audit trail, as done by the system.
 */
const USAGE = `npm run admin -- <what> [options]

  person add      --name NAME --email ADDRESS [--role ${ROLES.join(' | ')} …]
  link            --email ADDRESS                       a link that signs this person in, once
  factors reset   --email ADDRESS                       after a loss: factors, recovery codes and sessions end
  codes unlock    --email ADDRESS                       ends the lock of an authenticator app
  group join      --group NAME --email ADDRESS [--until 2026-12-31T17:00:00Z]
  group leave     --group NAME --email ADDRESS
  caller add      --name NAME --kind agent|ci_job --owner ADDRESS --audience RUNTIME
                  [--environment NAME …] [--role NAME …]
  key add         --caller NAME --kind agent|runtime --name WHAT --by ADDRESS   shown once
  key revoke      --id KEY
  policy publish  --file policy.yaml
  slack routing   --file routing.yaml                   which channel is told of which held request
  evidence erase  --id EVIDENCE --reason WHY            what it says and its file; the hash stays
  generation bump                                       after a restore from backup
  dual-control off                                      when one admin is left; two begin it again`

type Options = Record<string, string | string[] | undefined>
type Deed = (runtime: Runtime, options: Options) => Promise<string>

const DEEDS: Record<string, Deed> = {
  'person add': async (runtime, options) => {
    const roles = many(options, 'role')
    const odd = roles.find((role) => !ROLES.includes(role as Role))
    if (odd !== undefined) throw new Usage(`--role ${odd}: one of ${ROLES.join(', ')}`)
    const person = { name: one(options, 'name'), email: one(options, 'email') }
    const created = await createPerson(runtime, {
      ...person,
      roles: roles as Role[],
      byPersonId: null,
    })
    return `${must(created).personId} ${person.name}`
  },
  link: async (runtime, options) => {
    const personId = await personOf(runtime, one(options, 'email'))
    const link = { personId, purpose: 'sign_in' as const, by: { kind: 'system' as const } }
    const { secret } = must(await createSignInLink(runtime, link))
    return `${runtime.config.publicUrl}/sign-in/link#${secret}`
  },
  'factors reset': async (runtime, options) => {
    const personId = await personOf(runtime, one(options, 'email'))
    const done = must(await resetFactors(runtime, { personId, by: { kind: 'system' } }))
    return `Ended: factors ${done.factorCount}, recovery codes ${done.codeCount}, sessions ${done.sessionCount}. The next factor is confirmed anew.`
  },
  'codes unlock': async (runtime, options) => {
    const personId = await personOf(runtime, one(options, 'email'))
    const { wasLocked } = must(await unlockCodes(runtime, { personId, by: { kind: 'system' } }))
    return wasLocked ? 'unlocked' : 'was not locked'
  },
  'group join': async (runtime, options) => {
    const group = one(options, 'group')
    const personId = await personOf(runtime, one(options, 'email'))
    const until = options['until']
    const expiresAt = typeof until === 'string' ? Date.parse(until) : null
    if (Number.isNaN(expiresAt))
      throw new Usage('--until takes a time such as 2026-12-31T17:00:00Z')
    const label = GROUP_LABELS[group] ?? group.replaceAll('_', ' ')
    must(await addMember(runtime, { group, label, personId, expiresAt, byPersonId: null }))
    return `joined ${group}`
  },
  'group leave': async (runtime, options) => {
    const personId = await personOf(runtime, one(options, 'email'))
    must(await removeMember(runtime, { group: one(options, 'group'), personId, byPersonId: null }))
    return `left ${one(options, 'group')}`
  },
  'caller add': async (runtime, options) => {
    const kind = one(options, 'kind')
    if (kind !== 'agent' && kind !== 'ci_job') throw new Usage('--kind is agent or ci_job')
    const caller = {
      name: one(options, 'name'),
      kind,
      ownerId: await personOf(runtime, one(options, 'owner')),
      audience: one(options, 'audience'),
      environments: many(options, 'environment'),
      roles: many(options, 'role'),
      byPersonId: null,
    } as const
    return `${must(await createCaller(runtime, { ...caller })).callerId} ${caller.name}`
  },
  'key add': async (runtime, options) => {
    const kind = one(options, 'kind')
    if (kind !== 'agent' && kind !== 'runtime') throw new Usage('--kind is agent or runtime')
    const caller = await runtime.db.caller.findUnique({ where: { name: one(options, 'caller') } })
    if (!caller) throw new Usage(`There is no caller ${one(options, 'caller')}`)
    const byPersonId = await personOf(runtime, one(options, 'by'))
    const input = { callerId: caller.id, kind, name: one(options, 'name'), byPersonId } as const
    const made = must(await createApiKey(runtime, input))
    return `${made.keyId}\n${made.key}\nIt is shown this once.`
  },
  'key revoke': async (runtime, options) => {
    must(await revokeApiKey(runtime, { keyId: one(options, 'id'), byPersonId: null }))
    return 'revoked'
  },
  'policy publish': async (runtime, options) => {
    const source = await textOf(one(options, 'file'))
    return must(await publishPolicy(runtime, { source, personId: null })).version
  },
  'slack routing': async (runtime, options) => {
    const source = await textOf(one(options, 'file'))
    const { ordinal } = must(await publishRouting(runtime, { source, personId: null }))
    const counts = `Version ${ordinal} of the routing counts from now on.`
    // What the web and worker processes were started with is not known here; what they installed is.
    const workspace = await runtime.db.slackWorkspace.findUnique({ where: { id: 1 } })
    return isInstalled(workspace)
      ? counts
      : `${counts} The app is installed in no workspace: nobody is told yet.`
  },
  'evidence erase': async (runtime, options) => {
    const evidenceId = one(options, 'id')
    const { requestId, keptFor } = must(
      await eraseEvidence(runtime, { evidenceId, reason: one(options, 'reason') }),
    )
    const erased = `Erased what ${evidenceId} of ${requestId} said. Its hash stays.`
    return keptFor.length === 0
      ? erased
      : `${erased}\nThe bytes of its file stay too: also named by ${keptFor.join(', ')}. Erase those as well.`
  },
  'generation bump': async (runtime) => {
    const { generation } = must(await bumpGeneration(runtime))
    return `Generation ${generation}: every earlier token and grant is dead.`
  },
  'dual-control off': async (runtime) => {
    must(await endDualControl(runtime))
    return 'One admin alone may now change who may do what. Every record of it says so.'
  },
}

class Usage extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...texts(
        'name',
        'email',
        'group',
        'until',
        'kind',
        'owner',
        'audience',
        'caller',
        'by',
        'id',
        'reason',
        'file',
      ),
      role: { type: 'string', multiple: true },
      environment: { type: 'string', multiple: true },
    },
  })
  const deed = DEEDS[positionals.join(' ')]
  if (!deed) throw new Usage(USAGE)
  const { config, embedded } = await prepare(process.env, true)
  const runtime = await createRuntime({ ...config, logLevel: 'warn' })
  try {
    console.log(await deed(runtime, values as Options))
  } finally {
    await runtime.close()
    await embedded?.stop()
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Usage(FILE_FAULTS[code]?.(file) ?? `${file} cannot be read: ${code}.`)
  }
}

const FILE_FAULTS: Record<string, (file: string) => string> = {
  ENOENT: (file) => `There is no file ${file}.`,
  EISDIR: (file) => `${file} is a folder: name a file.`,
  EACCES: (file) => `${file} may not be read by you.`,
}

function texts(...names: string[]): Record<string, { type: 'string' }> {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
}

function one(options: Options, name: string): string {
  const value = options[name]
  if (typeof value !== 'string' || value === '') throw new Usage(`--${name} is missing\n\n${USAGE}`)
  return value
}

function many(options: Options, name: string): string[] {
  const value = options[name]
  return Array.isArray(value) ? value : []
}

async function personOf(runtime: Runtime, email: string): Promise<string> {
  const person = await runtime.db.person.findUnique({ where: { email: email.toLowerCase() } })
  if (!person) throw new Usage(`Nobody has the address ${email}`)
  return person.id
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value
  const { code, detail, fields = [] } = result.refusal
  // A line says where it is; without one the path does.
  const lines = fields.map(({ path, message }) =>
    /^Line \d/.test(message) ? `  ${message}` : `  ${path} ${message}`,
  )
  throw new Usage([detail ?? refusalEntry(code).sentence, ...lines].join('\n'))
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Usage ? error.message : error)
    process.exit(error instanceof Usage ? 2 : 1)
  },
)
