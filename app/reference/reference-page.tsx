import type { OpenApiDocument } from '#lib/wire/openapi'
import { Facts } from '../_ui/facts'
import { Unordered } from '../_ui/list'
import { Brand } from '../_ui/mark'
import { PageHead } from '../_ui/section'
import { type Group, groupsOf } from './groups'
import { OperationPart } from './operation-part'
import { ProblemsPart } from './problems-part'
import { ShapesPart } from './shapes-part'

/** The callers' API as its own OpenAPI document tells it: all of it, and nothing else. */
export function ReferencePage({ document }: { document: OpenApiDocument }) {
  const groups = groupsOf(document)
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <div className="wrap">
          <Brand />
        </div>
      </header>
      <main id="main" className="wrap reference">
        <PageHead title="API reference">
          Every call of the callers’ API, as this installation answers it.
        </PageHead>
        <div className="ref-columns">
          <Contents groups={groups} />
          <div>
            <Start document={document} />
            {groups.map(({ name, description, calls }) => (
              <section className="ref-group" key={name} id={name} aria-labelledby={`${name}-head`}>
                <h2 id={`${name}-head`}>{titled(name)}</h2>
                <p className="ref-lead">{description}</p>
                {calls.map((told) => (
                  <OperationPart key={told.operation.operationId} told={told} document={document} />
                ))}
              </section>
            ))}
            <ProblemsPart document={document} />
            <ShapesPart document={document} groups={groups} />
          </div>
        </div>
      </main>
    </>
  )
}

function titled(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1)
}

/** In the order of the page. Calls by the names that generated clients give them. */
function Contents({ groups }: { groups: Group[] }) {
  return (
    <nav className="ref-contents" aria-label="Contents">
      <Unordered>
        <li>
          <a href="#start">Before the first call</a>
        </li>
        {groups.map(({ name, calls }) => (
          <li key={name}>
            <a href={`#${name}`}>{titled(name)}</a>
            <Unordered>
              {calls.map(({ operation: { operationId } }) => (
                <li key={operationId}>
                  <a href={`#${operationId}`}>
                    <code>{operationId}</code>
                  </a>
                </li>
              ))}
            </Unordered>
          </li>
        ))}
        <li>
          <a href="#problems">Problems</a>
        </li>
        <li>
          <a href="#shapes">Shapes</a>
        </li>
      </Unordered>
    </nav>
  )
}

/** What holds of every call. */
function Start({ document: { servers, openapi, components } }: { document: OpenApiDocument }) {
  const { apiKey } = components.securitySchemes
  return (
    <section className="ref-group" id="start" aria-labelledby="start-head">
      <h2 id="start-head">Before the first call</h2>
      <Facts
        facts={[
          { label: 'Address', value: <code>{servers[0]?.url}</code> },
          {
            label: 'Document',
            value: (
              <a href="/v1/openapi.json">
                <code>/v1/openapi.json</code>
              </a>
            ),
            sub: `OpenAPI ${openapi}: this page, for machines`,
          },
          {
            label: 'Key',
            value: <code>authorization: Bearer csk_…</code>,
            sub: apiKey?.description,
          },
          {
            label: 'Bodies',
            value: 'JSON in UTF-8, with content-type application/json',
            sub: 'Read strictly: a name that stands twice, an unknown member or a number that would be changed by reading it is refused.',
          },
          {
            label: 'Again',
            value: 'Every call may be sent again as it was',
            sub: 'On 429, 500, 503 and lost connections, not before Retry-After.',
          },
          {
            label: 'Permission',
            value: 'Only ok: true from redeem means run',
            sub: 'Not a verdict of ALLOW, not released, not a token that verifies.',
          },
        ]}
      />
    </section>
  )
}
