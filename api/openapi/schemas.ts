import { z } from 'zod'
import type { Schema } from '#lib/wire/openapi'

/** Schemas that others refer to by name. */
export type Shapes = Record<string, Schema>

/** Of every integer that JSON can tell exactly: a bound that says nothing. */
const SAFE = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** A schema that stands inside the document: what it names itself is moved where references of the whole document look. */
export function jsonSchema(
  schema: z.ZodType,
  shapes: Shapes,
  io: 'input' | 'output' = 'output',
): Schema {
  const {
    $schema: _dialect,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema: told }) => tidy(told as Schema, io),
  })
  const defs = moved($defs) as Shapes
  for (const shape of Object.values(defs)) nameKinds(shape, defs)
  Object.assign(shapes, defs)
  return moved(rest) as Schema
}

function moved(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
}

function tidy(told: Schema, io: 'input' | 'output'): void {
  // The format says it; the pattern is how one library checks it.
  if (told.format === 'date-time') delete told.pattern
  if (told.minimum === SAFE[0]) delete told.minimum
  if (told.maximum === SAFE[1]) delete told.maximum
  // Any name is one.
  if (told.propertyNames?.type === 'string') delete told.propertyNames
  // What is sent is refused when it holds more; an answer may hold more one day.
  if (io === 'output' && told.additionalProperties === false) delete told.additionalProperties
}

/** A choice whose kinds are told apart by one member says which, and what each value of it leads to. */
function nameKinds(shape: Schema, shapes: Shapes): void {
  if (!shape.oneOf) return
  const kinds = shape.oneOf.map(({ $ref = '' }) => [$ref, shapes[nameOf($ref)]] as const)
  const [, first] = kinds[0] ?? []
  const propertyName = Object.entries(first?.properties ?? {}).find(
    ([, property]) => property.const !== undefined,
  )?.[0]
  if (propertyName === undefined) return
  const mapping = kinds.map(([ref, kind]) => [String(kind?.properties?.[propertyName]?.const), ref])
  shape.discriminator = { propertyName, mapping: Object.fromEntries(mapping) }
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}
