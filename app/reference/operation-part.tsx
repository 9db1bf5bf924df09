import type { Content, Example, OpenApiDocument, Operation, Parameter } from '#lib/wire/openapi'
import { Fold } from '../_ui/fold'
import { curlOf } from './curl'
import type { OperationTold } from './groups'
import { limitsOf, shapeName, typeOf } from './read-schema'
import { SchemaTables } from './schema-tables'
import { Parts, problemId, shapeId, Words } from './words'

/** One call: who may, what is sent, what comes back, and how it looks. */
export function OperationPart({
  told: { method, path, operation },
  document,
}: {
  told: OperationTold
  document: OpenApiDocument
}) {
  const { operationId, summary, parameters, requestBody, responses } = operation
  const url = document.servers[0]?.url ?? ''
  return (
    <section className="ref-part" id={operationId} aria-labelledby={`${operationId}-head`}>
      <h3 id={`${operationId}-head`}>
        <a href={`#${operationId}`}>{summary}</a>
      </h3>
      <p className="ref-call">
        <strong>{method.toUpperCase()}</strong> {path}
      </p>
      <p className="ref-text">
        <Key operation={operation} document={document} />
      </p>
      {parameters.length > 0 && <Parameters parameters={parameters} about={summary} />}
      {requestBody && (
        <>
          <h4>Body</h4>
          <p className="ref-text">
            <Words text={requestBody.description} /> <Shape content={requestBody.content} />
          </p>
          {Object.entries(requestBody.content).map(([type, { schema }]) => (
            <SchemaTables
              key={type}
              schema={schema}
              document={document}
              name={`Body: ${summary}`}
            />
          ))}
        </>
      )}
      <Answers responses={responses} about={summary} />
      <h4>Example</h4>
      <pre className="bytes">{curlOf(url, method, path, operation)}</pre>
      <Examples operation={operation} />
    </section>
  )
}

function Key({ operation, document }: { operation: Operation; document: OpenApiDocument }) {
  const scopes = [...new Set(operation.security.flatMap((way) => Object.values(way).flat()))]
  const schemes = [...new Set(operation.security.flatMap((way) => Object.keys(way)))]
  const headers = schemes.flatMap((name) => document.components.securitySchemes[name]?.name ?? [])
  return (
    <>
      Key with scope{' '}
      {scopes.map((scope, at) => (
        <span key={scope}>
          {at > 0 && ' or '}
          <code>{scope}</code>
        </span>
      ))}
      {headers.map((header) => (
        <span key={header}>
          , as bearer or in the header <code>{header}</code>
        </span>
      ))}
      .
    </>
  )
}

function Shape({ content }: { content: Content }) {
  const names = Object.values(content).flatMap(({ schema }) => shapeName(schema) ?? [])
  return names.map((name) => (
    <a key={name} href={`#${shapeId(name)}`}>
      <code>{name}</code>
    </a>
  ))
}

function Parameters({ parameters, about }: { parameters: Parameter[]; about: string }) {
  return (
    <>
      <h4>Parameters</h4>
      <table className="table cards ref-members">
        <caption className="vh">Parameters: {about}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map(({ name, in: place, required, schema, description }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code> <span className="ref-place">{place}</span>{' '}
                {required && <span className="ref-required">required</span>}
              </th>
              <td>
                <p>
                  <Parts of={typeOf(schema)} />
                  {limitsOf(schema).map((phrase, at) => (
                    <span className="ref-limit" key={String(at)}>
                      , <Parts of={phrase} />
                    </span>
                  ))}
                </p>
                {description && (
                  <p className="ref-about">
                    <Words text={description} />
                  </p>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Answers({ responses, about }: { responses: Operation['responses']; about: string }) {
  return (
    <>
      <h4>Answers</h4>
      <table className="table cards ref-answers">
        <caption className="vh">Answers: {about}</caption>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">What it says</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(responses).map(([status, { description, headers, content }]) => (
            <tr key={status}>
              <th scope="row">
                <code>{status}</code>
              </th>
              <td>
                {Number(status) < 400 ? (
                  <p>
                    <Words text={description} /> <Shape content={content} />
                  </p>
                ) : (
                  <Codes content={content} />
                )}
                {Object.entries(headers ?? {}).map(([name, header]) => (
                  <p className="ref-about" key={name}>
                    <code>{name}</code>: {header.description}
                  </p>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** The codes of a status. Where each is told, there is what to do. */
function Codes({ content }: { content: Content }) {
  const codes = Object.values(content).flatMap(({ examples }) => Object.keys(examples ?? {}))
  return (
    <ul className="ref-codes">
      {codes.map((code) => (
        <li key={code}>
          <a href={`#${problemId(code)}`}>
            <code>{code}</code>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** Other bodies, and what comes back. The first answer is open. */
function Examples({ operation: { requestBody, responses } }: { operation: Operation }) {
  const [, ...bodies] = requestBody ? written(requestBody.content) : []
  const answers = Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .flatMap(([status, { content }]) =>
      written(content).map(({ summary, value }) => ({ summary: `${status}: ${summary}`, value })),
    )
  return (
    <>
      {bodies.map(({ summary, value }) => (
        <Sample key={summary} title={`Another body: ${summary}`} value={value} />
      ))}
      {answers.map(({ summary, value }, at) => (
        <Sample key={summary} title={summary} value={value} isOpen={at === 0} />
      ))}
    </>
  )
}

function Sample({
  title,
  value,
  isOpen = false,
}: {
  title: string
  value: unknown
  isOpen?: boolean
}) {
  return (
    <Fold icon="code" title={title} isOpen={isOpen}>
      <pre className="bytes">{JSON.stringify(value, null, 2)}</pre>
    </Fold>
  )
}

function written(content: Content): Example[] {
  return Object.values(content).flatMap(({ examples }) =>
    Object.values(examples ?? {}).flatMap((example) => ('value' in example ? [example] : [])),
  )
}
