'use client'

import { startTransition, useActionState } from 'react'
import type { NotDone, Told } from '../_server/told'

const UNREACHABLE: NotDone = {
  ok: false,
  title: 'Countersign cannot be reached',
  text: 'Check the connection, then try again. What you typed is still here.',
}

/**
 * One deed and what came of it. Nothing is reset, so that what was typed stays beside the error; a server that does not
 * answer is told like any refusal.
 */
export function useTold<Input>(
  deed: (input: Input) => Promise<Told>,
): [told: Told, run: (input: Input) => void, isPending: boolean] {
  const [told, dispatch, isPending] = useActionState<Told, Input>(async (_before, input) => {
    try {
      return await deed(input)
    } catch {
      // The browser has logged what it could not fetch.
      return UNREACHABLE
    }
  }, null)
  return [told, (input) => startTransition(() => dispatch(input)), isPending]
}
