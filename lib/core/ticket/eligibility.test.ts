import { expect, test } from 'vitest'
import { eligibleVoters, peopleBehind, whyNotEligible } from './eligibility'
import { RELEASE, T0, testFacts } from './test-facts'

const EVERYBODY = ['mara', 'tomas', 'ben', 'olga', 'zed', 'aiko', 'nobody']

/** The identity graph: each way in which a human can stand behind a request, or outside of the group. */
test.each([
  { title: 'a member votes', person: 'mara', why: null },
  { title: 'the owner at submission does not', person: 'olga', why: 'own_request' },
  { title: 'the owner of today does not', person: 'mara', owner: 'mara', why: 'own_request' },
  {
    title: 'the owner at submission does not, even after handing over',
    person: 'olga',
    owner: 'mara',
    why: 'own_request',
  },
  {
    title: 'who created the key does not',
    person: 'tomas',
    requesters: ['olga', 'tomas'],
    why: 'own_request',
  },
  {
    title: 'on whose behalf it is asked does not',
    person: 'ben',
    requesters: ['ben', 'olga'],
    why: 'own_request',
  },
  { title: 'somebody who left does not', person: 'zed', why: 'inactive' },
  { title: 'a member of another group does not', person: 'aiko', why: 'not_in_group' },
  { title: 'somebody unknown does not', person: 'nobody', why: 'inactive' },
  { title: 'a name that every object has does not', person: 'constructor', why: 'inactive' },
])('$title', ({ person, why, owner = 'olga', requesters = ['olga'] }) => {
  const facts = testFacts({ requesters })
  facts.caller.ownerId = owner
  expect(whyNotEligible(person, RELEASE, facts, T0)).toBe(why)
  expect(eligibleVoters(RELEASE, facts, T0).includes(person)).toBe(why === null)
})

test('an administrator who stands behind the request cannot vote either', () => {
  const facts = testFacts()
  facts.directory.people['olga'] = { name: 'Olga', active: true, roles: ['admin'] }
  expect(whyNotEligible('olga', RELEASE, facts, T0)).toBe('own_request')
})

test('an administrator outside the group has no vote', () => {
  const facts = testFacts()
  facts.directory.people['aiko'] = { name: 'Aiko', active: true, roles: ['admin'] }
  expect(whyNotEligible('aiko', RELEASE, facts, T0)).toBe('not_in_group')
})

test('a delegated membership ends at its time, not after it', () => {
  const facts = testFacts()
  facts.directory.groups['release'] = [{ person: 'mara', expiresAt: T0 }]
  expect(whyNotEligible('mara', RELEASE, facts, T0 - 1)).toBe(null)
  expect(whyNotEligible('mara', RELEASE, facts, T0)).toBe('not_in_group')
})

test('a group that the directory does not have has no members', () => {
  const facts = testFacts()
  facts.directory.groups = {}
  expect(eligibleVoters(RELEASE, facts, T0)).toEqual([])
})

test('the list of voters and the answer for each person agree', () => {
  const facts = testFacts()
  const one = EVERYBODY.filter((person) => whyNotEligible(person, RELEASE, facts, T0) === null)
  expect(eligibleVoters(RELEASE, facts, T0)).toEqual(one.sort())
  expect(one).toEqual(['ben', 'mara', 'tomas'])
})

test('the owners of then and now are both behind the request', () => {
  const facts = testFacts({ requesters: ['olga'] })
  facts.caller.ownerId = 'mara'
  expect(peopleBehind(facts)).toEqual(['mara', 'olga'])
})
