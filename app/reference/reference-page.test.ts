import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { Operation } from '#lib/wire/openapi'
import { ROUTES } from '../../api/app'
import { openApiDocument } from '../../api/openapi/document'
import { curlOf } from './curl'
import { ReferencePage } from './reference-page'

const URL_OF_OURS = 'https://countersign.example'
const document = openApiDocument(ROUTES, URL_OF_OURS)
const html = renderToStaticMarkup(createElement(ReferencePage, { document }))
const ids = [...html.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id ?? '')

interface Call {
  method: string
  path: string
  operation: Operation
}
const calls: Call[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
)

/** What a command would be given, by the shell that reads it. */
async function argumentsOf(command: string): Promise<string[]> {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`
  const keys = { COUNTERSIGN_AGENT_KEY: 'csk_agent_1', COUNTERSIGN_RUNTIME_KEY: 'csk_runtime_1' }
  const env = { NODE_ENV: 'test' as const, ...keys }
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env })
  return stdout.split('\0').slice(0, -1)
}

it('every call, shape and refusal has one place, and every link inside the page leads to one', () => {
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  expect(ids).toEqual(
    expect.arrayContaining([
      ...calls.map(({ operation }) => operation.operationId),
      ...Object.keys(document.components.schemas).map((name) => `shape-${name}`),
      ...Object.keys(document.components.examples).map((code) => `problem-${code}`),
    ]),
  )
  const links = [...html.matchAll(/<a [^>]*href="#([^"]+)"/gu)].map(([, id]) => id)
  expect(links.filter((id) => id === undefined || !ids.includes(id))).toEqual([])
})

/** What a call has to show: names of parameters, statuses, codes of refusals, what its examples are of. */
function shownOf({ parameters, responses }: Operation): string[] {
  const examples = Object.values(responses).flatMap(({ content }) =>
    Object.values(content).flatMap((each) => Object.entries(each.examples ?? {})),
  )
  return [
    ...parameters.map(({ name }) => `<code>${name}</code>`),
    ...Object.keys(responses).map((status) => `<code>${status}</code>`),
    ...examples.map(([code, example]) =>
      '$ref' in example ? `<code>${code}</code>` : example.summary,
    ),
  ]
}

it('every parameter, status, code and example of a call stands with the call', () => {
  const parts = new Map(
    html.split('<section ').map((part) => [/ id="([^"]+)"/u.exec(part)?.[1], part]),
  )
  for (const { operation } of calls) {
    const part = parts.get(operation.operationId) ?? ''
    expect(shownOf(operation).filter((text) => !part.includes(text))).toEqual([])
  }
})

it('it needs no script and no style of its own, and nothing from elsewhere', () => {
  expect(html).not.toMatch(/\sstyle=|<script|<style|src="|\son[a-z]+=/u)
  const outside = [...html.matchAll(/<a [^>]*href="([^"#][^"]*)"/gu)].map(([, href]) => href)
  expect(new Set(outside)).toEqual(new Set(['/', '/v1/openapi.json']))
})

it('each command means in a shell what the call takes', async () => {
  for (const { method, path, operation } of calls) {
    const [address = '', ...options] = await argumentsOf(
      curlOf(URL_OF_OURS, method, path, operation),
    )
    const template = new RegExp(`^${path.replaceAll(/\{\w+\}/gu, '[^/]+')}$`)
    expect(new URL(address).pathname).toMatch(template)
    const isAgents = operation.security.some((way) => way['apiKey']?.includes('submit'))
    expect(options).toContain(`authorization: Bearer csk_${isAgents ? 'agent' : 'runtime'}_1`)
    const { examples = {} } = operation.requestBody?.content['application/json'] ?? {}
    const [example] = Object.values(examples)
    const data = options[options.indexOf('--data') + 1] ?? ''
    if (example && 'value' in example) expect(JSON.parse(data)).toEqual(example.value)
    else expect(options.includes('POST')).toBe(method === 'post')
  }
})
