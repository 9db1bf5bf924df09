import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, it } from 'vitest'
import { ROUTES } from '../../api/app'
import { openApiDocument } from '../../api/openapi'

const document = () => openApiDocument(ROUTES, 'https://countersign.example')

/** What Redocly's linter says with the rules that it recommends, warnings too. */
async function faultsOf(told: Record<string, unknown>): Promise<string[]> {
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

it('the OpenAPI document lints clean', async () => {
  expect(await faultsOf(document())).toEqual([])
})

it('the linter finds what is wrong: a security scheme and a shape that nobody defined', async () => {
  const { components: _components, ...broken } = document()
  const faults = (await faultsOf(broken)).join('\n')
  expect(faults).toContain('security-defined')
  expect(faults).toContain('no-unresolved-refs')
})

it('every operation stands under a tag that is told, with a summary and its scopes', () => {
  const told = document()
  const tags = (told['tags'] as { name: string; description: string }[]).map(({ name }) => name)
  const paths = told['paths'] as Record<string, Record<string, Record<string, unknown>>>
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  expect(operations).toHaveLength(ROUTES.length)
  for (const operation of operations) {
    expect(tags).toEqual(expect.arrayContaining(operation['tags'] as string[]))
    expect(operation['summary']).toEqual(expect.stringMatching(/^[A-Z]/))
    expect(operation['description']).toContain('Needs a key with scope')
  }
})

it('an answer that goes on is told as an event stream, with the header that resumes it', () => {
  const paths = document()['paths'] as Record<string, Record<string, Record<string, unknown>>>
  const events = paths['/v1/events']?.['get']
  expect(events?.['responses']).toHaveProperty(['200', 'content', 'text/event-stream'])
  expect(events?.['responses']).not.toHaveProperty(['200', 'content', 'application/json'])
  expect(events?.['parameters']).toMatchObject([{ name: 'Last-Event-ID', in: 'header' }])
})
