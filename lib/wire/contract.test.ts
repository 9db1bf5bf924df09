import { describe, expect, it } from 'vitest'
import { CONTRACT_BOUNDS as MOST, readContract } from '#lib/core/contract/contract'
import { contractBody } from './contract'

const TOOL = 'deploy.production'
const names = (count: number) => Array.from({ length: count }, (_, at) => `name-${at}`)
const objectOf = (count: number) => Object.fromEntries(names(count).map((name) => [name, 1]))
const preconditions = (count: number) => names(count).map((name) => ({ name, equals: null }))

/** Each member with as much as it may hold, and with one more. */
const MEMBERS: [string, number, (size: number) => object][] = [
  ['goal', MOST.goal, (size) => ({ goal: 'g'.repeat(size) })],
  ['tool', MOST.tool, (size) => ({ tools: ['t'.repeat(size)] })],
  ['tools', MOST.tools, (size) => ({ tools: names(size) })],
  ['constraint', MOST.constraint, (size) => ({ constraints: ['c'.repeat(size)] })],
  ['constraints', MOST.constraints, (size) => ({ constraints: names(size) })],
  ['side effect', MOST.sideEffect, (size) => ({ side_effects: ['s'.repeat(size)] })],
  ['side effects', MOST.sideEffects, (size) => ({ side_effects: names(size) })],
  ['criterion', MOST.criterion, (size) => ({ success_criteria: ['c'.repeat(size)] })],
  ['criteria', MOST.criteria, (size) => ({ success_criteria: names(size) })],
  ['preconditions', MOST.preconditions, (size) => ({ preconditions: preconditions(size) })],
  ['on_behalf_of', MOST.onBehalfOf, (size) => ({ on_behalf_of: 'o'.repeat(size) })],
  ['run_id', MOST.runId, (size) => ({ run_id: 'r'.repeat(size) })],
]

function takenBy(member: object): { parser: boolean; shape: boolean } {
  const contract = { goal: 'Deploy', tools: [TOOL], ...member }
  return {
    parser: readContract(JSON.stringify(contract)).ok,
    shape: contractBody.safeParse(contract).success,
  }
}

describe('the shape that callers read is what the parser takes', () => {
  it.each(MEMBERS)('%s: up to %i and no more', (_name, most, member) => {
    expect(takenBy(member(most))).toEqual({ parser: true, shape: true })
    expect(takenBy(member(most + 1))).toEqual({ parser: false, shape: false })
  })

  it('arguments by tool, named or as a command line', () => {
    for (const bound of [{ release: '1' }, ['--release', '1'], {}, []]) {
      expect(takenBy({ arguments: { [TOOL]: bound } })).toEqual({ parser: true, shape: true })
    }
    expect(takenBy({ arguments: { [TOOL]: 'all' } })).toEqual({ parser: false, shape: false })
  })

  it('context of any JSON, and no member of another name', () => {
    const context = { ...objectOf(10), deep: { list: [null, true, 1.5, 'x'] } }
    expect(takenBy({ context })).toEqual({ parser: true, shape: true })
    expect(takenBy({ priority: 1 })).toEqual({ parser: false, shape: false })
  })
})
