import { ParseError, type ParseResult, TypeError as TypingError } from '@marcbachmann/cel-js'
import type { CompiledRule, RuleInput } from '#lib/core/policy/types'
import { contextOf, ENVIRONMENT } from './environment'
import { necessaryTest } from './necessary'
import { type ExpressionProblem, shapeOf } from './shape'

export type CompiledExpression = Pick<CompiledRule, 'when' | 'mayApply' | 'readsClaims'>

export type ExpressionResult =
  | { ok: true; value: CompiledExpression }
  | { ok: false; problems: ExpressionProblem[] }

/** Longest condition, in UTF-16 units. */
export const MAX_EXPRESSION_LENGTH = 2_000

/**
 * Compiles a condition in CEL (the Common Expression Language) into a predicate. Syntax, names, types, size and cost
 * are checked here, once. The predicate throws where the expression fails on the data (a member that is not there, a
 * comparison of unlike things), which holds the request.
 * @param mayReadWords see shapeOf
 */
export function compileExpression(source: string, mayReadWords: boolean): ExpressionResult {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    return failed(`The condition is longer than ${MAX_EXPRESSION_LENGTH} characters.`, 0)
  }
  const parsed = parseSource(source)
  if (!parsed.ok) return parsed
  const program = parsed.value
  const { problems, readsClaims } = shapeOf(program.ast, mayReadWords)
  if (problems.length > 0) return { ok: false, problems }
  const necessary = necessaryTest(program.ast)
  const checked = program.check()
  if (!checked.valid) return failed(sentenceOf(checked.error), offsetOf(checked.error))
  if (checked.type !== 'bool') {
    return failed(`The condition gives ${checked.type ?? 'nothing'}, not true or false.`, 0)
  }
  const shortcut = necessary === null ? {} : { mayApply: necessary }
  return { ok: true, value: { when: predicateOf(program), readsClaims, ...shortcut } }
}

function predicateOf(program: ParseResult): (input: RuleInput) => boolean {
  return (input) => {
    const answer: unknown = program(contextOf(input))
    if (typeof answer !== 'boolean') throw new Error('A condition gave neither true nor false')
    return answer
  }
}

type Parsed = { ok: true; value: ParseResult } | { ok: false; problems: ExpressionProblem[] }

function parseSource(source: string): Parsed {
  try {
    return { ok: true, value: ENVIRONMENT.parse(source) }
  } catch (error) {
    return failed(sentenceOf(error), offsetOf(error))
  }
}

function failed(message: string, at: number): { ok: false; problems: ExpressionProblem[] } {
  return { ok: false, problems: [{ message, at }] }
}

function sentenceOf(error: unknown): string {
  const summary = isCelError(error) ? error.summary.split('\n')[0] : undefined
  return `The condition cannot be read: ${summary ?? 'it is no expression'}.`
}

function offsetOf(error: unknown): number {
  return isCelError(error) ? (error.range?.start ?? 0) : 0
}

function isCelError(error: unknown): error is ParseError | TypingError {
  return error instanceof ParseError || error instanceof TypingError
}
