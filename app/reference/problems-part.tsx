import type { OpenApiDocument } from '#lib/wire/openapi'
import { problem } from '#lib/wire/problem'
import { problemId, shapeId } from './words'

/** The one to show whole: it has most to say. */
const SHOWN = 'invalid_contract'

/** Every code that a call may be refused with, and what to do. */
export function ProblemsPart({ document: { components } }: { document: OpenApiDocument }) {
  const told = Object.values(components.examples).map(({ value }) => problem.parse(value))
  return (
    <section className="ref-group" id="problems" aria-labelledby="problems-head">
      <h2 id="problems-head">Problems</h2>
      <p className="ref-lead">
        A refusal is a{' '}
        <a href={`#${shapeId('Problem')}`}>
          <code>Problem</code>
        </a>{' '}
        with a code that stays the same.
      </p>
      <table className="table cards ref-problems">
        <caption className="vh">Problems by code</caption>
        <thead>
          <tr>
            <th scope="col">Code</th>
            <th scope="col">Status</th>
            <th scope="col">What it says</th>
          </tr>
        </thead>
        <tbody>
          {told.map(({ code, status, title, detail, disposition }) => (
            <tr key={code} id={problemId(code)}>
              <th scope="row">
                <code>{code}</code>
              </th>
              <td>
                <code>{status}</code>
              </td>
              <td>
                <p>{title}</p>
                <p className="ref-about">
                  {detail}
                  {disposition && (
                    <>
                      {' '}
                      <code>disposition: {disposition}</code>
                    </>
                  )}
                </p>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>Example</h3>
      <pre className="bytes">{JSON.stringify(components.examples[SHOWN]?.value, null, 2)}</pre>
    </section>
  )
}
