import type { OpenApiDocument, Schema } from '#lib/wire/openapi'
import { countText } from '../_ui/number-words'

/** Running words, with the names of shapes and literal values in them. */
export type Part = string | { shape: string } | { value: string }

export interface Member {
  /** From the top: `preconditions[].name`. `{name}` stands for a name that the sender chooses. */
  path: string
  isRequired: boolean
  type: Part[]
  /** Bounds, pattern, default: each a phrase. */
  limits: Part[][]
  description: string | undefined
}

/** A shape as tables: one, or one for each kind where a member says which kind it is. */
export interface Reading {
  kinds: { by: { member: string; value: string } | null; members: Member[]; isClosed: boolean }[]
  /** Of a shape that has no members: what it is. */
  type: Part[]
}

type Shapes = OpenApiDocument['components']['schemas']

/** Deep enough for every shape of ours; a shape that holds itself is named instead of opened. */
const MOST_DEPTH = 6

export function readSchema(schema: Schema, shapes: Shapes): Reading {
  const opened = open(schema, shapes)
  const { discriminator, oneOf } = opened
  if (!discriminator || !oneOf) {
    const members = membersOf(opened, shapes)
    const kinds = members.length > 0 ? [{ by: null, members, isClosed: isClosed(opened) }] : []
    return { kinds, type: typeOf(opened) }
  }
  const { propertyName: member, mapping } = discriminator
  const kinds = Object.entries(mapping).map(([value, $ref]) => {
    const kind = open({ $ref }, shapes)
    return { by: { member, value }, members: membersOf(kind, shapes), isClosed: isClosed(kind) }
  })
  return { kinds, type: typeOf(opened) }
}

/** The name of the shape that a schema refers to. */
export function shapeName({ $ref }: Schema): string | null {
  return $ref === undefined ? null : $ref.slice($ref.lastIndexOf('/') + 1)
}

function open(schema: Schema, shapes: Shapes): Schema {
  const name = shapeName(schema)
  return name === null ? schema : (shapes[name] ?? schema)
}

function isClosed({ additionalProperties }: Schema): boolean {
  return additionalProperties === false
}

function membersOf(schema: Schema, shapes: Shapes, prefix = '', depth = 0): Member[] {
  if (depth === MOST_DEPTH) return []
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`
    const inner = innerOf(property)
    const member: Member = {
      path,
      isRequired: required.includes(name),
      type: typeOf(property),
      limits: limitsOf(property),
      description: property.description ?? open(property, shapes).description,
    }
    return [
      member,
      ...(inner ? membersOf(inner.schema, shapes, `${path}${inner.step}.`, depth + 1) : []),
    ]
  })
}

/** The object inside a member, if it is written there and not named: itself, an item, or a value by name. */
function innerOf(schema: Schema): { schema: Schema; step: string } | null {
  if (schema.properties) return { schema, step: '' }
  if (schema.items) return stepped(innerOf(schema.items), '[]')
  if (typeof schema.additionalProperties === 'object') {
    return stepped(innerOf(schema.additionalProperties), '.{name}')
  }
  const choice = schema.anyOf?.filter(({ type }) => type !== 'null') ?? []
  return choice.length === 1 && choice[0] ? innerOf(choice[0]) : null
}

function stepped(inner: ReturnType<typeof innerOf>, step: string) {
  return inner && { schema: inner.schema, step: `${step}${inner.step}` }
}

/** What a value may be, in words. */
export function typeOf(schema: Schema): Part[] {
  const name = shapeName(schema)
  if (name !== null) return [{ shape: name }]
  if (schema.const !== undefined) return [{ value: JSON.stringify(schema.const) }]
  if (schema.enum) return joined(schema.enum.map((value) => [{ value: JSON.stringify(value) }]))
  const choice = schema.anyOf ?? schema.oneOf
  if (choice) return joined(choice.map(typeOf))
  if (Array.isArray(schema.type)) return [schema.type.join(' or ')]
  if (schema.type === 'array') return ['list of ', ...bracketed(schema.items ?? {})]
  if (schema.type === 'object') return objectType(schema)
  return [FORMATS[schema.format ?? ''] ?? schema.type ?? 'anything']
}

const FORMATS: Record<string, string> = {
  'date-time': 'time (RFC 3339)',
  uri: 'address (URI)',
}

function objectType({ additionalProperties, properties }: Schema): Part[] {
  if (properties || typeof additionalProperties !== 'object') return ['object']
  return ['object, by name: ', ...bracketed(additionalProperties)]
}

/** A choice inside something else is held together. */
function bracketed(schema: Schema): Part[] {
  const parts = typeOf(schema)
  return parts.includes(' or ') ? ['(', ...parts, ')'] : parts
}

function joined(choices: Part[][]): Part[] {
  return choices.flatMap((parts, at) => (at === 0 ? parts : [' or ', ...parts]))
}

/** Bounds in words. Those of what a list holds, or a value by name, stand after its own. */
export function limitsOf(schema: Schema): Part[][] {
  const own: (Part[] | null)[] = [
    between(schema.minItems, schema.maxItems, 'item'),
    between(schema.minProperties, schema.maxProperties, 'member'),
    between(schema.minLength, schema.maxLength, 'character'),
    between(schema.minimum, schema.maximum, ''),
    schema.pattern === undefined ? null : ['matches ', { value: schema.pattern }],
    schema.default === undefined ? null : ['default ', { value: JSON.stringify(schema.default) }],
  ]
  const each = schema.items ? limitsOf(schema.items) : []
  return [
    ...own.filter((phrase) => phrase !== null),
    ...each.map((phrase): Part[] => ['each ', ...phrase]),
  ]
}

function between(least: number | undefined, most: number | undefined, of: string): Part[] | null {
  const unit = (count: number) => (of === '' ? '' : ` ${of}${count === 1 ? '' : 's'}`)
  const isAny = least === undefined || (least === 0 && of !== '')
  if (most === undefined) return isAny ? null : [`at least ${countText(least)}${unit(least)}`]
  if (isAny) return [`at most ${countText(most)}${unit(most)}`]
  return [`${countText(least)} to ${countText(most)}${unit(most)}`]
}
