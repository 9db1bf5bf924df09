import { REFUSALS } from '#lib/core/refusals'
import type { Example, OpenApiDocument, Operation, Parameter, Response } from '#lib/wire/openapi'
import { problem } from '#lib/wire/problem'
import type { AnswerShape, ApiRoute } from '../call'
import type { OperationExamples } from './examples/shape'
import { operationExamples } from './examples/table'
import { problemExamples, refusedAnswers } from './refusals'
import { jsonSchema, type Shapes } from './schemas'

/** OpenAPI 3.1 of the callers' API, made from the same table and schemas that answer calls. */
export function openApiDocument(routes: ApiRoute[], publicUrl: string): OpenApiDocument {
  const shapes: Shapes = {}
  const examples = operationExamples(publicUrl)
  const paths: OpenApiDocument['paths'] = {}
  for (const route of routes) {
    const told = operation(route, shapes, examples[route.operationId] ?? NO_EXAMPLES)
    paths[route.path] = { ...paths[route.path], [route.method]: told }
  }
  jsonSchema(problem, shapes)
  const schemas = Object.entries(shapes).sort(([a], [b]) => a.localeCompare(b, 'en'))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description: `Holds a dangerous action until policy says yes and the right humans have signed it. Refusal codes: ${Object.keys(REFUSALS).join(', ')}.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { apiKey: API_KEY, stage0Key: STAGE0_KEY },
      schemas: Object.fromEntries(schemas),
      examples: problemExamples(routes),
    },
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
  description:
    'An API key (csk_…). Its scopes say which calls it may make: an agent’s key has submit; a runtime’s key has collect, redeem and report.',
}

const STAGE0_KEY = {
  type: 'apiKey',
  in: 'header',
  name: 'x-api-key',
  description: 'The same key in the header of Stage0’s clients. `Authorization` counts first.',
}

const NO_EXAMPLES: OperationExamples = { answers: {} }

function tagOf({ path }: ApiRoute): keyof typeof TAGS {
  if (path === '/check') return 'stage0'
  return /token|outcome/.test(path) ? 'tokens' : 'requests'
}

function operation(route: ApiRoute, shapes: Shapes, examples: OperationExamples): Operation {
  const answers = Object.entries(route.answers).map(([status, answer]) => [
    status,
    response(answer, shapes, examples.answers[status]),
  ])
  const parameters = [
    ...pathParameters(route.path),
    ...queryParameters(route, shapes),
    ...headerParameters(route),
  ]
  return {
    operationId: route.operationId,
    tags: [tagOf(route)],
    summary: route.summary,
    description: `Needs a key with scope ${route.scopes.join(' or ')}.`,
    security: securityOf(route),
    parameters: parameters.map((parameter) => {
      const example = examples.parameters?.[parameter.name]
      return { ...parameter, ...(example !== undefined && { example }) }
    }),
    ...(route.body && {
      requestBody: {
        required: true,
        description: route.body.description,
        content: {
          'application/json': {
            schema: jsonSchema(route.body.schema, shapes, 'input'),
            ...(examples.body && { examples: examples.body }),
          },
        },
      },
    }),
    responses: { ...Object.fromEntries(answers), ...refusedAnswers(route) },
  }
}

/** Any one of the scopes, by any one of the headers. */
function securityOf({ scopes, keyHeader }: ApiRoute): Operation['security'] {
  const schemes = keyHeader === undefined ? ['apiKey'] : ['apiKey', 'stage0Key']
  return schemes.flatMap((scheme) => scopes.map((scope) => ({ [scheme]: [scope] })))
}

function response(
  { description, schema, mediaType, headers }: AnswerShape,
  shapes: Shapes,
  examples: Record<string, Example> | undefined,
): Response {
  const told = Object.entries(headers ?? {}).map(([name, what]) => [
    name,
    { description: what, schema: { type: 'integer' } },
  ])
  return {
    description,
    ...(told.length > 0 && { headers: Object.fromEntries(told) }),
    content: {
      [mediaType ?? 'application/json']: {
        schema: jsonSchema(schema, shapes),
        ...(examples && { examples }),
      },
    },
  }
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: 'The `request_id`.',
    schema: { type: 'string' },
  }))
}

function queryParameters(route: ApiRoute, shapes: Shapes): Parameter[] {
  if (!route.query) return []
  const { properties = {} } = jsonSchema(route.query, shapes, 'input')
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    ...(description !== undefined && { description }),
    schema,
  }))
}

function headerParameters({ headers = {} }: ApiRoute): Parameter[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))
}
