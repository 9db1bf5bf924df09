import type { OpenApiDocument, Schema } from '#lib/wire/openapi'
import { type Member, readSchema } from './read-schema'
import { Parts, Words } from './words'

/** The members of a shape, nested ones by their path from the top. */
export function SchemaTables({
  schema,
  document,
  name,
}: {
  schema: Schema
  document: OpenApiDocument
  /** Read out as the name of the table. */
  name: string
}) {
  const { kinds, type } = readSchema(schema, document.components.schemas)
  if (kinds.length === 0) {
    return (
      <p className="ref-text">
        <Parts of={type} />
      </p>
    )
  }
  return kinds.map(({ by, members, isClosed }) => (
    <div className="ref-shape" key={by?.value ?? ''}>
      {by && (
        <p className="ref-kind">
          Where <code>{by.member}</code> is <code>{JSON.stringify(by.value)}</code>
        </p>
      )}
      <MemberTable members={members} isSent={isClosed} name={by ? `${name}, ${by.value}` : name} />
      {isClosed && <p className="ref-note">Any other member is refused.</p>}
    </div>
  ))
}

/** What is sent says what it has to have; what is answered, what may be missing: the other is the rule. */
function MemberTable({
  members,
  isSent,
  name,
}: {
  members: Member[]
  isSent: boolean
  name: string
}) {
  return (
    <table className="table cards ref-members">
      <caption className="vh">{name}</caption>
      <thead>
        <tr>
          <th scope="col">Member</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.path}>
            <th scope="row">
              <MemberPath path={member.path} />{' '}
              {isSent && member.isRequired && <span className="ref-required">required</span>}
              {!isSent && !member.isRequired && <span className="ref-place">optional</span>}
            </th>
            <td>
              <p>
                <Parts of={member.type} />
                {member.limits.map((phrase, at) => (
                  <span className="ref-limit" key={String(at)}>
                    , <Parts of={phrase} />
                  </span>
                ))}
              </p>
              {member.description && (
                <p className="ref-about">
                  <Words text={member.description} />
                </p>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The way to a nested member is quieter than its own name. */
function MemberPath({ path }: { path: string }) {
  const at = path.lastIndexOf('.') + 1
  return (
    <code>
      {at > 0 && <span className="quiet">{path.slice(0, at)}</span>}
      {path.slice(at)}
    </code>
  )
}
