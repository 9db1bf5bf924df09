'use client'

import { startTransition, useActionState } from 'react'
import type { NotDone, Told } from '../_server/told'

const UNREACHABLE: NotDone = {
  ok: false,
  title: 'Countersign cannot be reached',
  text: 'Check the connection, then try again. What you typed is still here.',
}

/**
 * One deed and what came of it; a server that does not answer is told like any refusal. Call `run` from a form's `action`,
 * which React also runs for a press that came before the page was ready, and control the fields: React empties the others.
 */
export function useTold<Input = void>(
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
  const run = (input: Input) => {
    // A second press while the first is under way is the same press.
    if (!isPending) startTransition(() => dispatch(input))
  }
  return [told, run, isPending]
}
