import { describe, expect, it } from 'vitest'
import type { Schema } from '#lib/wire/openapi'
import { limitsOf, type Part, readSchema, typeOf } from './read-schema'

const SHAPES: Record<string, Schema> = {
  Tree: {
    anyOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/Tree' } }],
  },
  Note: {
    type: 'object',
    properties: { kind: { type: 'string', const: 'note' }, text: { type: 'string' } },
    required: ['kind', 'text'],
    additionalProperties: false,
  },
  Link: {
    type: 'object',
    properties: { kind: { type: 'string', const: 'link' }, at: { type: 'string', format: 'uri' } },
    required: ['kind', 'at'],
  },
}
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

function said(parts: Part[]): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part
      return 'shape' in part ? `<${part.shape}>` : part.value
    })
    .join('')
}

describe('what a value may be', () => {
  it.each<[Schema, string]>([
    [{ type: 'string' }, 'string'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ type: 'string', format: 'date-time' }, 'time (RFC 3339)'],
    [{ type: 'string', enum: ['a', 'b'] }, '"a" or "b"'],
    [{ type: 'boolean', const: true }, 'true'],
    [{ anyOf: [ref('Tree'), { type: 'null' }] }, '<Tree> or null'],
    [{ type: 'array', items: ref('Tree') }, 'list of <Tree>'],
    [
      { type: 'array', items: { anyOf: [{ type: 'number' }, ref('Tree')] } },
      'list of (number or <Tree>)',
    ],
    [{ type: 'object', additionalProperties: ref('Tree') }, 'object, by name: <Tree>'],
    [{}, 'anything'],
  ])('%j is %s', (schema, words) => {
    expect(said(typeOf(schema))).toBe(words)
  })
})

describe('bounds', () => {
  it.each<[Schema, string[]]>([
    [{ minLength: 1, maxLength: 8000 }, ['1 to 8,000 characters']],
    [{ maxItems: 1 }, ['at most 1 item']],
    [{ minLength: 16 }, ['at least 16 characters']],
    [{ minimum: 0, maximum: 25, default: 0 }, ['0 to 25', 'default 0']],
    [{ minimum: 0 }, ['at least 0']],
    [{ pattern: '^[!-~]+$' }, ['matches ^[!-~]+$']],
    [{ maxItems: 3, items: { maxLength: 9 } }, ['at most 3 items', 'each at most 9 characters']],
    [{}, []],
  ])('of %j are %j', (schema, words) => {
    expect(limitsOf(schema).map(said)).toEqual(words)
  })
})

describe('a shape as a table', () => {
  it('names nested members by their path, through objects, lists, names and null', () => {
    const inner: Schema = { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] }
    const schema: Schema = {
      type: 'object',
      properties: {
        one: inner,
        list: { type: 'array', items: inner },
        named: { type: 'object', additionalProperties: { type: 'array', items: inner } },
        perhaps: { anyOf: [inner, { type: 'null' }] },
        tree: ref('Tree'),
      },
      required: ['one'],
    }
    const [kind] = readSchema(schema, SHAPES).kinds
    expect(kind?.members.map(({ path, isRequired }) => [path, isRequired])).toEqual([
      ['one', true],
      ['one.x', true],
      ['list', false],
      ['list[].x', true],
      ['named', false],
      ['named.{name}[].x', true],
      ['perhaps', false],
      ['perhaps.x', true],
      ['tree', false],
    ])
    expect(kind?.isClosed).toBe(false)
  })

  it('that holds itself is named and not opened', () => {
    expect(readSchema(ref('Tree'), SHAPES)).toEqual({
      kinds: [],
      type: ['string', ' or ', 'list of ', { shape: 'Tree' }],
    })
  })

  it('of several kinds has a table for each, by the member that tells them apart', () => {
    const schema: Schema = {
      oneOf: [ref('Note'), ref('Link')],
      discriminator: {
        propertyName: 'kind',
        mapping: { note: '#/components/schemas/Note', link: '#/components/schemas/Link' },
      },
    }
    const { kinds } = readSchema(schema, SHAPES)
    expect(kinds.map(({ by, isClosed }) => [by, isClosed])).toEqual([
      [{ member: 'kind', value: 'note' }, true],
      [{ member: 'kind', value: 'link' }, false],
    ])
    expect(kinds[1]?.members.map(({ path }) => path)).toEqual(['kind', 'at'])
  })
})
