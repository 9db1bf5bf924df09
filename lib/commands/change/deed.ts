import type { z } from 'zod'
import type { JsonObject } from '#lib/core/contract/json'
import { type Result, refuse } from '#lib/core/result'
import type { EventDraft } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import type { PolicyBook } from '#lib/policies/policy-book'
import type { Runtime } from '#lib/runtime'
import type { ChangeForm, ChangeKind } from '#lib/wire/change'

/** The directory as it is, inside the transaction that may change it. */
export interface Place {
  tx: Tx
  /** Epoch ms. */
  now: number
  policies: Pick<PolicyBook, 'name' | 'get'>
  newId: Runtime['newId']
  /** Of what rests encrypted. */
  sealer: Runtime['sealer']
}

/** What a change comes to, before anybody is asked. */
export interface Prepared {
  /** The exact parameters, for the contract that is approved: what `apply` is given. */
  args: JsonObject
  /** A sentence for whoever approves it. Names in it are the registered ones. */
  goal: string
  /** It gives somebody more than they had, or takes from dual control itself: a second admin approves it. */
  isLoosening: boolean
  /** A secret that the proposer is shown once. Never part of `args`. */
  secret?: string
}

/** Who did it, and under which control: part of every entry that a change leaves. */
export interface By {
  actor: EventDraft['actor']
  told: Record<'dual_control', 'on' | 'off' | 'not_needed'> & { request: string | null }
}

type FormOf<Kind extends ChangeKind> = Extract<ChangeForm, { kind: Kind }>

export interface Deed<Kind extends ChangeKind = ChangeKind> {
  /** Who may ask for it beyond admins, told from the form and again from the parameters; left out: nobody. */
  isOwn?: (place: Place, about: JsonObject, personId: string) => Promise<boolean>
  /** @returns refusals `not_found`, `invalid_body`, `change_outdated`, … */
  prepare: (place: Place, form: FormOf<Kind>) => Promise<Result<Prepared>>
  /**
   * Writes it, or refuses and has written nothing. It looks again at all that `prepare` saw: days may lie between.
   * The caller holds the lock that tightening takes.
   */
  apply: (place: Place, args: JsonObject, by: By) => Promise<Result<undefined>>
}

/** A deed whose parameters are read by `args`: what was hashed is what is applied, or nothing is. */
export function deed<Kind extends ChangeKind, Args>(own: {
  args: z.ZodType<Args>
  isOwn?: Deed<Kind>['isOwn']
  prepare: Deed<Kind>['prepare']
  apply: (place: Place, args: Args, by: By) => Promise<Result<undefined>>
}): Deed<Kind> {
  return {
    ...(own.isOwn && { isOwn: own.isOwn }),
    prepare: own.prepare,
    apply: (place, raw, by) => {
      const args = own.args.safeParse(raw)
      return args.success
        ? own.apply(place, args.data, by)
        : Promise.resolve(refuse('change_outdated'))
    },
  }
}

/** An entry on somebody's stream about a change. */
export function entryOf(
  by: By,
  stream: string,
  type: string,
  body: EventDraft['body'],
): EventDraft {
  return { stream, type, actor: by.actor, body: { ...body, ...by.told } }
}
