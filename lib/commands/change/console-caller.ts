import { randomBytes } from 'node:crypto'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { hashSecret } from '#lib/keys/hash-secret'
import type { Runtime } from '#lib/runtime'

const SECRET_BYTES = 32

/**
 * The caller that a person is when they change the installation: theirs alone, so they stand behind whatever it asks for and
 * never vote on it. It has a key that nobody has and no scope.
 */
export async function consoleCaller(
  runtime: Pick<Runtime, 'newId' | 'installation'>,
  tx: Tx,
  person: { id: string; email: string },
  now: number,
): Promise<{ callerId: string; keyId: string }> {
  const known = await tx.caller.findFirst({
    where: { ownerId: person.id, kind: 'console' },
    select: { id: true, keys: { select: { id: true }, take: 1 } },
  })
  const keyId = known?.keys[0]?.id
  if (known && keyId !== undefined) return { callerId: known.id, keyId }
  const callerId = runtime.newId('clr')
  const caller = { id: callerId, name: `console/${person.email}`, kind: 'console' }
  await tx.caller.create({
    data: {
      ...caller,
      ownerId: person.id,
      roles: [],
      environments: [],
      audience: runtime.installation.domain,
    },
  })
  const key = await tx.apiKey.create({
    data: {
      id: runtime.newId('key'),
      callerId,
      name: 'console',
      secretHash: hashSecret(randomBytes(SECRET_BYTES).toString('hex')),
      hint: 'none',
      scopes: [],
      createdById: person.id,
    },
  })
  const actor = { kind: 'person', id: person.id } as const
  const body = { name: caller.name, kind: caller.kind, owner: person.id }
  await appendEvents(
    tx,
    [{ stream: `caller:${callerId}`, type: 'caller.created', actor, body }],
    now,
  )
  return { callerId, keyId: key.id }
}
