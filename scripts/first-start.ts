import { createPerson } from '../lib/commands/directory/create-person'
import { publishPolicy } from '../lib/commands/publish-policy'
import { createSignInLink } from '../lib/commands/session/create-sign-in-link'
import { defaultPack } from '../lib/policies/packs/default'
import { createRuntime, type Runtime } from '../lib/runtime'
import { currentCode, must } from './lib/demo-people'
import { seedSlack } from './lib/demo-slack'
import type { Prepared } from './run/prepare'
import type { Product } from './run/product'
import { seedDemo } from './seed'

/** What a first start leaves in the database: demo data on the embedded one, else a policy and a first admin. */
export async function firstStart({ config }: Pick<Prepared, 'config'>): Promise<void> {
  const runtime = await createRuntime({ ...config, logLevel: 'warn' })
  try {
    if (config.embedded) {
      await seedDemo(runtime)
      await seedSlack(runtime)
    } else await setUp(runtime)
  } finally {
    await runtime.close()
  }
}

/** No demo data where a database was given: the shipped policy, and one admin who invites the others. */
async function setUp(runtime: Runtime): Promise<void> {
  const { db, config } = runtime
  if ((await db.policyVersion.count({ where: { name: runtime.policies.name } })) === 0) {
    const source = defaultPack({ zone: config.timeZone, businessHours: 'weekdays' })
    must(await publishPolicy(runtime, { source, personId: null }))
  }
  if ((await db.person.count()) > 0) return
  const admin = { name: 'First admin', email: config.firstAdminEmail, roles: ['admin' as const] }
  must(await createPerson(runtime, { ...admin, byPersonId: null }))
}

/** What to say once the product is up: how to get in. */
export async function signInLinks({ config }: Pick<Product, 'config'>): Promise<string[]> {
  const runtime = await createRuntime({ ...config, logLevel: 'warn' })
  try {
    return config.embedded ? await demoLinks(runtime) : await adminLink(runtime)
  } finally {
    await runtime.close()
  }
}

const GUESTS = ['Mara Lindqvist', 'Tomás Rey', 'Aiko Mori', 'Ines Carvalho', 'Daniel Okafor']

async function demoLinks(runtime: Runtime): Promise<string[]> {
  const people = await runtime.db.person.findMany({ where: { name: { in: GUESTS } } })
  if (people.length === 0) return []
  const lines = [
    '',
    'Demonstration data. Links sign in once; codes are what the authenticator shows now:',
  ]
  for (const name of GUESTS) {
    const person = people.find((one) => one.name === name)
    if (!person) continue
    const link = await linkFor(runtime, person.id, 'sign_in')
    const code = await currentCode(runtime, person.id)
    lines.push(`  ${name.padEnd(16)} ${code}  ${link}`)
  }
  const seed = await runtime.db.request.findFirst({
    where: { state: 'open', goal: { startsWith: 'Deploy release 2026.03.14' } },
    orderBy: { submittedAt: 'desc' },
  })
  if (seed)
    lines.push('', `A held deploy to look at: ${runtime.config.publicUrl}/tickets/${seed.id}`)
  lines.push('The whole loop, step by step: npm run demo', 'Codes again: npm run codes')
  return lines
}

/** Until an admin has signed in, the way in is printed at each start; what was printed before ends with it. */
async function adminLink(runtime: Runtime): Promise<string[]> {
  const signedIn = await runtime.db.session.count({
    where: { person: { roles: { has: 'admin' } } },
  })
  if (signedIn > 0) return []
  const admin = await runtime.db.person.findFirst({
    where: { roles: { has: 'admin' }, active: true },
    orderBy: { createdAt: 'asc' },
  })
  if (!admin) return []
  const link = await linkFor(runtime, admin.id, 'first_admin')
  return ['', `First admin (${admin.email}), signs in once within 24 hours:`, `  ${link}`]
}

async function linkFor(
  runtime: Runtime,
  personId: string,
  purpose: 'sign_in' | 'first_admin',
): Promise<string> {
  const made = await createSignInLink(runtime, { personId, purpose, by: { kind: 'system' } })
  return `${runtime.config.publicUrl}/sign-in/link#${must(made).secret}`
}
