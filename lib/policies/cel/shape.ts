import type { ASTNode } from '@marcbachmann/cel-js'

/** What is wrong with an expression; `at` is the offset in its text. */
export interface ExpressionProblem {
  message: string
  at: number
}

export interface ExpressionShape {
  problems: ExpressionProblem[]
  /** Claim members read: `context.<key>` or `side_effects.<name>`, sorted. */
  readsClaims: string[]
}

/** An expression that reads n claims is asked 2^n times in the worst case. */
export const MAX_CLAIMS_READ = 6

const FUNCTIONS = new Set(['has', 'size', 'int', 'double', 'string'])
const METHODS = new Set(['contains', 'startsWith', 'endsWith', 'lowerAscii', 'size'])
const LOOPS = new Set(['exists', 'all', 'exists_one', 'filter'])
const CLAIM_METHODS = new Set(['says', 'text', 'number', 'flag', 'side_effect'])
/** Of the contract: what an allow rule may read, being none of the agent's own words. */
const FACTUAL_MEMBERS = new Set(['tools'])
/** Of the tool: what is short, and may be read again for every item of a loop. */
const SHORT_MEMBERS = new Set(['name', 'risk', 'environment'])

type Finding = { problem: ExpressionProblem } | { read: string }
/** Where a node stands. */
type Place = { inLoop: boolean; mayReadWords: boolean }

/**
 * Checks what an expression is made of, before it is type-checked. Only what is listed here may be used: no regular
 * expressions, no loop in a loop, no arguments read inside a loop (the time stays linear in the size of the contract),
 * and claims only through the methods that name their member in the text.
 * @param mayReadWords false for rules that allow: claims, goal and run id are the agent's own words and never allow
 */
export function shapeOf(ast: ASTNode, mayReadWords: boolean): ExpressionShape {
  const findings = visit(ast, { inLoop: false, mayReadWords })
  const reads = new Set(findings.flatMap((finding) => ('read' in finding ? [finding.read] : [])))
  if (reads.size > MAX_CLAIMS_READ) {
    findings.push(...wrong(ast, `reads more than ${MAX_CLAIMS_READ} claims; make it several rules`))
  }
  return {
    problems: findings.flatMap((finding) => ('problem' in finding ? [finding.problem] : [])),
    readsClaims: [...reads].sort(),
  }
}

function visit(node: ASTNode, place: Place): Finding[] {
  switch (node.op) {
    case 'value':
      return []
    case 'id':
      return visitName(node, place)
    case '.':
      return visitMember(node, place)
    case 'call':
      return visitCall(node, place)
    case 'rcall':
      return visitMethod(node, place)
    case '!_':
    case '-_':
      return visit(node.args, place)
    case 'map':
    case '.?':
    case '[?]':
      return wrong(node, 'uses a map or an optional, which conditions do not have')
    default:
      return visitAll(node.args, place)
  }
}

function visitAll(nodes: readonly ASTNode[], place: Place): Finding[] {
  return nodes.flatMap((node) => visit(node, place))
}

/** A name on its own, or what is left of one after its allowed uses were taken off. */
function visitName(node: ASTNode & { op: 'id' }, { inLoop, mayReadWords }: Place): Finding[] {
  if (node.args === 'claims') {
    return wrong(node, 'reads claims other than by says, text, number, flag or side_effect')
  }
  if (node.args === 'contract' && !mayReadWords) {
    return wrong(node, 'allows by words of the contract; an allow rule may only read its tools')
  }
  if (node.args === 'tool' && inLoop) {
    return wrong(node, 'reads the arguments of the tool inside a loop, which could take too long')
  }
  return []
}

function visitMember(node: ASTNode & { op: '.' }, place: Place): Finding[] {
  const [object, member] = node.args
  if (isName(object, 'contract') && FACTUAL_MEMBERS.has(member)) return []
  if (isName(object, 'tool') && SHORT_MEMBERS.has(member)) return []
  return visit(object, place)
}

function visitCall(node: ASTNode & { op: 'call' }, place: Place): Finding[] {
  const [name, args] = node.args
  const found = visitAll(args, place)
  return FUNCTIONS.has(name)
    ? found
    : [...wrong(node, `calls ${name}, which is not one of ${list(FUNCTIONS)}`), ...found]
}

function visitMethod(node: ASTNode & { op: 'rcall' }, place: Place): Finding[] {
  const [name, receiver, args] = node.args
  if (CLAIM_METHODS.has(name)) return visitClaim(node, place)
  const found = visit(receiver, place)
  if (LOOPS.has(name)) {
    const nested = place.inLoop ? wrong(node, `has a loop (${name}) inside a loop`) : []
    return [...found, ...nested, ...visitAll(args.slice(1), { ...place, inLoop: true })]
  }
  const known = METHODS.has(name)
    ? []
    : wrong(node, `calls ${name}, which is not one of ${list(METHODS)}, ${list(LOOPS)}`)
  return [...found, ...known, ...visitAll(args, place)]
}

function visitClaim(node: ASTNode & { op: 'rcall' }, { mayReadWords }: Place): Finding[] {
  const [name, receiver, [argument]] = node.args
  if (!isName(receiver, 'claims')) return wrong(node, `calls ${name} on something else than claims`)
  if (!mayReadWords) return wrong(node, 'allows by a claim, but claims can only add demands')
  if (argument?.op !== 'value' || typeof argument.args !== 'string') {
    return wrong(node, `calls ${name} with something else than a text in quotes`)
  }
  const list = name === 'side_effect' ? 'side_effects' : 'context'
  return [{ read: `${list}.${argument.args}` }]
}

function isName(node: ASTNode, name: string): boolean {
  return node.op === 'id' && node.args === name
}

function wrong(node: ASTNode, what: string): Finding[] {
  return [{ problem: { message: `The condition ${what}.`, at: node.start } }]
}

function list(names: ReadonlySet<string>): string {
  return [...names].join(', ')
}
