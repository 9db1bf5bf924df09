import { z } from 'zod'
import { REFUSALS } from '#lib/core/refusals'
import { problem } from '#lib/wire/problem'
import type { ApiRoute } from './call'

/** OpenAPI 3.1 of the callers' API, made from the same table and schemas that answer calls. */
export function openApiDocument(routes: ApiRoute[], publicUrl: string): Record<string, unknown> {
  const shapes: Shapes = {}
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, shapes) }
  }
  const schemas = { Problem: jsonSchema(problem, shapes), ...shapes }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description: `Holds a dangerous action until policy says yes and the right humans have signed it. Refusal codes: ${Object.keys(REFUSALS).join(', ')}.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    security: [{ apiKey: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes: { apiKey: API_KEY }, schemas },
  }
}

const TAGS = {
  requests: 'Ask, wait, and take back. An agent’s key does.',
  tokens: 'Collect and redeem, once, right before the action runs. A runtime’s key does.',
  stage0: 'The door for clients of Stage0.',
} as const

const API_KEY = {
  type: 'http',
  scheme: 'bearer',
  description: 'An API key (csk_…). Its scopes say which calls it may make.',
}

function tagOf({ path }: ApiRoute): keyof typeof TAGS {
  if (path === '/check') return 'stage0'
  return /token|outcome/.test(path) ? 'tokens' : 'requests'
}

/** Schemas that others refer to by name. */
type Shapes = Record<string, unknown>

function operation(route: ApiRoute, shapes: Shapes): Record<string, unknown> {
  const answers = Object.entries(route.answers).map(([status, answer]) => {
    const { description, schema, mediaType = 'application/json' } = answer
    return [
      status,
      { description, content: { [mediaType]: { schema: jsonSchema(schema, shapes) } } },
    ]
  })
  const refused = {
    description: 'Refused: problem details (RFC 9457) with a stable code.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
  return {
    operationId: route.operationId,
    tags: [tagOf(route)],
    summary: route.summary,
    description: `Needs a key with scope ${route.scopes.join(' or ')}.`,
    parameters: [
      ...pathParameters(route.path),
      ...queryParameters(route, shapes),
      ...headerParameters(route),
    ],
    ...(route.body && {
      requestBody: {
        required: true,
        description: route.body.description,
        content: { 'application/json': { schema: jsonSchema(route.body.schema, shapes, 'input') } },
      },
    }),
    responses: { ...Object.fromEntries(answers), '4XX': refused, '5XX': refused },
  }
}

function pathParameters(path: string): unknown[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(route: ApiRoute, shapes: Shapes): unknown[] {
  if (!route.query) return []
  const schema = jsonSchema(route.query, shapes, 'input')
  return Object.entries((schema['properties'] ?? {}) as Record<string, unknown>).map(
    ([name, property]) => ({ name, in: 'query', required: false, schema: property }),
  )
}

function headerParameters({ headers = {} }: ApiRoute): unknown[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))
}

/** A schema that stands inside the document: what it names itself is moved where references of the whole document look. */
function jsonSchema(
  schema: z.ZodType,
  shapes: Shapes,
  io: 'input' | 'output' = 'output',
): Record<string, unknown> {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  Object.assign(shapes, moved($defs ?? {}))
  return moved(rest)
}

function moved<T extends object>(schema: T): T {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')
  return JSON.parse(text) as T
}
