import type { Operation, Parameter } from '#lib/wire/openapi'

/** A call as a command of a shell: with its first example, and the key in a variable of the environment. */
export function curlOf(
  url: string,
  method: string,
  path: string,
  { security, parameters, requestBody, responses }: Operation,
): string {
  const shown = parameters.filter(({ example }) => example !== undefined)
  const body = Object.values(requestBody?.content ?? {})[0]
  const [example] = Object.values(body?.examples ?? {})
  const isStream = 'text/event-stream' in (responses['200']?.content ?? {})
  const lines = [
    `curl ${quoted(`${url}${pathOf(path, shown)}${queryOf(shown)}`)}`,
    ...(method === 'post' && !example ? ['--request POST'] : []),
    ...(isStream ? ['--no-buffer'] : []),
    `--header "authorization: Bearer $${keyOf(security)}"`,
    ...shown
      .filter((parameter) => parameter.in === 'header')
      .map(({ name, example }) => `--header ${quoted(`${name.toLowerCase()}: ${example}`)}`),
    ...(example && 'value' in example
      ? [
          "--header 'content-type: application/json'",
          `--data ${quoted(JSON.stringify(example.value, null, 2))}`,
        ]
      : []),
  ]
  return lines.join(' \\\n  ')
}

function keyOf(security: Operation['security']): string {
  const scopes = security.flatMap((way) => Object.values(way).flat())
  return scopes.includes('submit') ? 'COUNTERSIGN_AGENT_KEY' : 'COUNTERSIGN_RUNTIME_KEY'
}

function pathOf(path: string, parameters: Parameter[]): string {
  return parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((told, { name, example = '' }) => told.replace(`{${name}}`, example), path)
}

function queryOf(parameters: Parameter[]): string {
  const query = new URLSearchParams(
    parameters
      .filter((parameter) => parameter.in === 'query')
      .map(({ name, example = '' }) => [name, example]),
  ).toString()
  return query === '' ? '' : `?${query}`
}

/** As a POSIX shell reads it, whatever is inside. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
