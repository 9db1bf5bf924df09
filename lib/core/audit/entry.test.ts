import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../contract/json'
import { type AuditEntry, bareEntry, entryHash, genesisHash, readAuditEntry } from './entry'

const ENTRY: AuditEntry = {
  v: 1,
  stream: 'request:req_01K0',
  ordinal: 1,
  type: 'request.submitted',
  at: '2026-03-14T09:26:53.589Z',
  actor: { kind: 'caller', id: 'clr_1' },
  body: { verdict: 'DEFER', issues: ['approval_pending'] },
  prev: genesisHash('request:req_01K0'),
}

function read(change: JsonObject): AuditEntry | undefined {
  return readAuditEntry({ ...(ENTRY as unknown as JsonObject), ...change })
}

describe('an audit entry', () => {
  test('hashes as it always has: stored chains depend on it', () => {
    expect(genesisHash('request:req_01K0')).toBe(
      'sha-256:03033b9df17844dbf2cb028cfc98e1bb57677269566e3cd1385f30e3967d602d',
    )
    expect(entryHash(ENTRY)).toBe(
      'sha-256:567b0e9a444cbd7cb857807c855150d667cf3a5ab0b7a583a8d4671fbde834a0',
    )
  })

  test('hashes equal in whatever order its members were stored', () => {
    const body = { issues: ['approval_pending'], verdict: 'DEFER' }
    const { actor, at, prev, ...rest } = ENTRY
    expect(entryHash({ prev, at, actor, ...rest, body })).toBe(entryHash(ENTRY))
  })

  test('hashes its own members alone, whatever else a row carries', () => {
    const row = { ...ENTRY, seq: 7, hash: 'x' }
    expect(entryHash(row)).toBe(entryHash(ENTRY))
    expect(bareEntry(row)).toEqual(ENTRY)
  })

  test('begins differently in every stream', () => {
    expect(genesisHash('policy:main')).not.toBe(genesisHash('policy:other'))
  })

  test('is read as it was written', () => {
    expect(read({})).toEqual(ENTRY)
    expect(read({ actor: { kind: 'system' } })).toBeDefined()
  })

  test.each<[string, JsonObject]>([
    ['another version', { v: 2 }],
    ['a stream that is no name', { stream: 'Request 1' }],
    ['ordinal 0', { ordinal: 0 }],
    ['half an ordinal', { ordinal: 1.5 }],
    ['a type that is no name', { type: '' }],
    ['a time without milliseconds', { at: '2026-03-14T09:26:53Z' }],
    ['a time that does not exist', { at: '2026-02-30T09:26:53.589Z' }],
    ['a time in another zone', { at: '2026-03-14T09:26:53.589+01:00' }],
    ['an actor that is a text', { actor: 'system' }],
    ['no actor', { actor: null }],
    ['an actor of an unknown kind', { actor: { kind: 'robot', id: 'r' } }],
    ['a person without an id', { actor: { kind: 'person' } }],
    ['an actor with more to say', { actor: { kind: 'system', name: 'Mara' } }],
    ['a body that is a list', { body: [] }],
    ['a prev that is no digest', { prev: 'sha-256:00' }],
    ['a member more', { more: 1 }],
  ])('is not read with %s', (_, change) => {
    expect(read(change)).toBeUndefined()
  })

  test.each(Object.keys(ENTRY))('is not read without %s', (name) => {
    const { [name]: _, ...rest } = ENTRY as unknown as JsonObject
    expect(readAuditEntry(rest)).toBeUndefined()
  })

  test.each<Json[]>([[null], ['text'], [[]], [7]])('is not %j', (value) => {
    expect(readAuditEntry(value)).toBeUndefined()
  })
})
