import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { expect, it } from 'vitest'
import { REFUSALS } from '#lib/core/refusals'
import type { Content, Example, OpenApiDocument, Operation, Schema } from '#lib/wire/openapi'
import { problem } from '#lib/wire/problem'
import { ROUTES } from '../../api/app'
import type { ApiRoute } from '../../api/call'
import { openApiDocument } from '../../api/openapi/document'
import { readBody, readQuery } from '../../api/read-input'

const document = openApiDocument(ROUTES, 'https://countersign.example')

interface Told {
  operation: Operation
  path: string
}
const operations: Told[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ operation, path })),
)

/** What Redocly's linter says with the rules that it recommends, warnings too. */
async function faultsOf(told: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({
    source: JSON.stringify(told),
    absoluteRef: '/openapi.json',
    config,
  })
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`,
  )
}

/** What is wrong with a value by a schema of the document, as a validator of JSON Schema 2020-12 sees it. */
function validator({ components }: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addSchema({ $id: 'document', components })
  const compiled = new Map<string, ValidateFunction>()
  return (schema: Schema, value: unknown): string[] => {
    const absolute = JSON.stringify(schema).replaceAll('"#/', '"document#/')
    const check = compiled.get(absolute) ?? ajv.compile(JSON.parse(absolute))
    compiled.set(absolute, check)
    check(value)
    return (check.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message}`,
    )
  }
}

interface Shown {
  where: string
  schema: Schema
  example: Example
}

/** Every example of a content, its references followed. */
function shownIn(where: string, content: Content): Shown[] {
  return Object.values(content).flatMap(({ schema, examples = {} }) =>
    Object.entries(examples).map(([name, given]) => {
      const example =
        '$ref' in given ? document.components.examples[given.$ref.split('/').at(-1) ?? ''] : given
      if (!example) throw new Error(`${where} ${name} refers to nothing`)
      return { where: `${where} ${name}`, schema, example }
    }),
  )
}

const bodies = operations.flatMap(({ operation: { operationId, requestBody } }) =>
  requestBody ? shownIn(operationId, requestBody.content) : [],
)
const answers = operations.flatMap(({ operation: { operationId, responses } }) =>
  Object.entries(responses).flatMap(([status, { content }]) =>
    shownIn(`${operationId} ${status}`, content),
  ),
)

it('the OpenAPI document lints clean', async () => {
  expect(await faultsOf(document)).toEqual([])
})

it('the linter finds what is wrong: a security scheme and a shape that nobody defined', async () => {
  const { components: _components, ...broken } = document
  const faults = (await faultsOf(broken)).join('\n')
  expect(faults).toContain('security-defined')
  expect(faults).toContain('no-unresolved-refs')
})

it('every operation stands under a tag that is told, with a summary and its scopes', () => {
  const tags = document.tags.map(({ name }) => name)
  expect(operations).toHaveLength(ROUTES.length)
  for (const { operation } of operations) {
    expect(tags).toEqual(expect.arrayContaining(operation.tags))
    expect(operation.summary).toEqual(expect.stringMatching(/^[A-Z]/))
    expect(operation.description).toContain('Needs a key with scope')
    const { scopes } = ROUTES.find((route) => route.operationId === operation.operationId) ?? {}
    expect(new Set(operation.security.flatMap((way) => Object.values(way).flat()))).toEqual(
      new Set(scopes),
    )
  }
})

it('an answer that goes on is told as an event stream, with the header that resumes it', () => {
  const events = document.paths['/v1/events']?.['get']
  expect(events?.responses).toHaveProperty(['200', 'content', 'text/event-stream'])
  expect(events?.responses).not.toHaveProperty(['200', 'content', 'application/json'])
  expect(events?.parameters).toMatchObject([{ name: 'Last-Event-ID', in: 'header' }])
})

it('every operation shows a request, every answer, and each refusal by its code', () => {
  for (const { operation } of operations) {
    const { operationId, parameters, requestBody, responses } = operation
    const contents = [...Object.values(responses), ...(requestBody ? [requestBody] : [])]
    for (const { content } of contents) {
      expect([operationId, shownIn(operationId, content).length > 0]).toEqual([operationId, true])
    }
    for (const { name, required, example } of parameters) {
      if (required)
        expect([operationId, name, typeof example]).toEqual([operationId, name, 'string'])
    }
  }
})

it('every example is what its schema says', () => {
  const faults = validator(document)
  expect(bodies.length).toBeGreaterThanOrEqual(ROUTES.filter(({ body }) => body).length)
  for (const { where, schema, example } of [...bodies, ...answers]) {
    expect([where, faults(schema, example.value)]).toEqual([where, []])
  }
  for (const { operation } of operations) {
    for (const { name, schema, example } of operation.parameters) {
      if (example === undefined) continue
      const value = schema.type === 'integer' ? Number(example) : example
      expect([name, faults(schema, value)]).toEqual([name, []])
    }
  }
})

it('the validator finds an example that is not: a member too many, one too few, another type', () => {
  const faults = validator(document)
  const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
  expect(faults(named('Contract'), { goal: 'g', tools: ['t'], also: 1 })).not.toEqual([])
  expect(faults(named('Contract'), { goal: 'g' })).not.toEqual([])
  expect(faults(named('RedeemAnswer'), { ok: false })).not.toEqual([])
  expect(faults(named('Evidence'), { type: 'note', body: { summary: 's' } })).not.toEqual([])
})

function routeOf({ operationId }: Operation): ApiRoute {
  const route = ROUTES.find((each) => each.operationId === operationId)
  if (!route) throw new Error(`There is no ${operationId}`)
  return route
}

it('every example of a request passes what the call itself reads with', async () => {
  for (const { operation, path } of operations) {
    const url = new URL(path, 'https://countersign.example')
    for (const { name, in: place, example } of operation.parameters) {
      if (place === 'query' && example !== undefined) url.searchParams.set(name, example)
    }
    expect(readQuery(routeOf(operation), url)).toMatchObject({ ok: true })
    for (const { example } of shownIn('', operation.requestBody?.content ?? {})) {
      const sent = new Request(url, {
        method: 'POST',
        body: JSON.stringify(example.value),
        headers: { 'content-type': 'application/json' },
      })
      expect(await readBody(routeOf(operation), sent)).toMatchObject({ ok: true })
    }
  }
})

it('every example of an answer holds nothing but what the shape of the call names', () => {
  for (const { operation } of operations) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const schema = routeOf(operation).answers[Number(status)]?.schema ?? problem
      for (const { example } of shownIn('', content)) {
        expect(schema.parse(example.value)).toEqual(example.value)
      }
    }
  }
})

it('every refusal that a call names is one of the table, under its status', () => {
  for (const [code, { value }] of Object.entries(document.components.examples)) {
    expect(Object.keys(REFUSALS)).toContain(code)
    expect(value).toMatchObject({ code })
  }
  for (const { operation } of operations) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue
      for (const { example } of shownIn(status, content)) {
        expect(example.value).toMatchObject({ status: Number(status) })
      }
    }
  }
})
