import type { ASTNode } from '@marcbachmann/cel-js'
import type { RuleInput } from '#lib/core/policy/types'

type Test = (input: RuleInput) => boolean

const MEMBERS = new Set<string>(['name', 'risk', 'environment'])
type Member = 'name' | 'risk' | 'environment'

/**
 * A cheap condition without which the whole expression is false: the comparisons of `tool.name`, `tool.risk` and
 * `tool.environment` with fixed texts that stand at its top, joined by &&. In CEL `false && x` is false even if x
 * fails, so an expression need not be evaluated where one of them is false. Most rules of a policy are skipped by this.
 */
export function necessaryTest(ast: ASTNode): Test | null {
  const tests = conjuncts(ast).flatMap((node) => testOf(node) ?? [])
  const [first, second] = tests
  if (first === undefined) return null
  if (second === undefined) return first
  return (input) => tests.every((test) => test(input))
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node]
}

function testOf(node: ASTNode): Test | null {
  if (node.op === '==') return equalityTest(node.args[0], node.args[1])
  if (node.op === 'in') return membershipTest(node.args[0], node.args[1])
  if (node.op === 'rcall' && node.args[0] === 'startsWith') {
    const member = memberOf(node.args[1])
    const prefix = textOf(node.args[2][0])
    // An environment may be null, which has no methods: that fault is left to the expression.
    if (member === null || member === 'environment' || prefix === null) return null
    return ({ tool }) => tool[member].startsWith(prefix)
  }
  return null
}

function equalityTest(left: ASTNode, right: ASTNode): Test | null {
  const member = memberOf(left) ?? memberOf(right)
  const text = textOf(left) ?? textOf(right)
  return member === null || text === null ? null : ({ tool }) => tool[member] === text
}

function membershipTest(item: ASTNode, list: ASTNode): Test | null {
  const member = memberOf(item)
  if (member === null || list.op !== 'list') return null
  const texts = list.args.map(textOf)
  if (texts.includes(null)) return null
  const among = new Set<string | null>(texts)
  return ({ tool }) => among.has(tool[member])
}

function memberOf(node: ASTNode): Member | null {
  if (node.op !== '.') return null
  const [object, member] = node.args
  return object.op === 'id' && object.args === 'tool' && isMember(member) ? member : null
}

function isMember(name: string): name is Member {
  return MEMBERS.has(name)
}

function textOf(node: ASTNode | undefined): string | null {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : null
}
