import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { pointer } from '#lib/core/contract/json'
import type { FieldProblem } from '#lib/core/refusals'
import { ok, type Result, refuse } from '#lib/core/result'
import { type PolicyDocument, policyDocument } from './document'

/** Where a member of the document stands. */
export type Path = readonly PropertyKey[]

export interface ReadPolicy {
  document: PolicyDocument
  /** A problem found later, at its pointer and with its line. */
  problemAt: (path: Path, message: string) => FieldProblem
}

/** Largest policy source, in UTF-16 units. */
const MAX_SOURCE_LENGTH = 256 * 1024
/** So that a page of errors stays one page. */
const MAX_PROBLEMS = 50

/**
 * Reads a policy written in YAML 1.2 (core schema: no dates, no `yes`; no anchors, so nothing grows when it is read) and
 * checks its shape.
 * @returns the document with all defaults filled in, or `policy_invalid` with `fields`, each at its JSON Pointer
 */
export function readDocument(source: string): Result<ReadPolicy> {
  if (source.length > MAX_SOURCE_LENGTH) {
    return invalid([problem('', `The policy is longer than ${MAX_SOURCE_LENGTH} characters.`)])
  }
  const lines = new LineCounter()
  const yaml = parseDocument(source, { schema: 'core', lineCounter: lines, uniqueKeys: true })
  const faults = [...yaml.errors, ...yaml.warnings]
  if (faults.length > 0) {
    return invalid(faults.map(({ message }) => problem('', message.split('\n')[0] ?? message)))
  }
  if (namesPrototype(yaml)) return invalid([problem('', 'The name __proto__ cannot be used.')])
  const value = plainValue(yaml)
  if (!value.ok) return value
  const problemAt = (path: Path, message: string) =>
    problem(pointerOf(path), `${placeOf(yaml, lines, path)}${message}`)
  const parsed = policyDocument.safeParse(value.value)
  if (parsed.success) return ok({ document: parsed.data, problemAt })
  return invalid(
    parsed.error.issues.map((issue) =>
      problem(
        pointerOf(issue.path),
        `${placeOf(yaml, lines, placeOfIssue(issue))}${issue.message}`,
      ),
    ),
  )
}

/** A member too many has the line that it stands in. */
function placeOfIssue(issue: z.core.$ZodIssue): Path {
  const [extra] = issue.code === 'unrecognized_keys' ? issue.keys : []
  return extra === undefined ? issue.path : [...issue.path, extra]
}

export function invalid(fields: FieldProblem[]): ReturnType<typeof refuse> {
  return refuse('policy_invalid', { fields: fields.slice(0, MAX_PROBLEMS) })
}

/** The shape check would skip a member of this name without a word. */
function namesPrototype(yaml: Document.Parsed): boolean {
  let found = false
  visit(yaml, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') found = true
    },
  })
  return found
}

function plainValue(yaml: Document.Parsed): Result<unknown> {
  try {
    return ok<unknown>(yaml.toJS({ maxAliasCount: 0 }))
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return invalid([problem('', 'Anchors and aliases (& and *) cannot be used in a policy.')])
  }
}

function pointerOf(path: Path): string {
  return path.reduce<string>(step, '')
}

function step(parent: string, key: PropertyKey): string {
  return pointer(parent, typeof key === 'number' ? key : String(key))
}

/** "Line 12: ", by the nearest member that is there. */
function placeOf(yaml: Document.Parsed, lines: LineCounter, path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = yaml.getIn(path.slice(0, length), true)
    const start = rangeStart(node)
    if (start !== undefined) return `Line ${lines.linePos(start).line}: `
  }
  return ''
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  const { range } = node
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined
}

function problem(path: string, message: string): FieldProblem {
  return { path, message, code: 'policy_invalid' }
}
