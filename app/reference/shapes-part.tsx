import type { OpenApiDocument } from '#lib/wire/openapi'
import type { Group } from './groups'
import { shapeName } from './read-schema'
import { SchemaTables } from './schema-tables'
import { shapeId, Words } from './words'

/** Every named shape. One that is a body stands with the call that takes it, and here is the way there. */
export function ShapesPart({ document, groups }: { document: OpenApiDocument; groups: Group[] }) {
  const takenBy = bodiesOf(document, groups)
  return (
    <section className="ref-group" id="shapes" aria-labelledby="shapes-head">
      <h2 id="shapes-head">Shapes</h2>
      <p className="ref-lead">
        What is sent and answered, by name. Of an answer, every member is there that is not
        optional.
      </p>
      {Object.entries(document.components.schemas).map(([name, schema]) => {
        const id = shapeId(name)
        const call = takenBy.get(name)
        return (
          <section
            className="ref-part ref-one-shape"
            key={name}
            id={id}
            aria-labelledby={`${id}-head`}
          >
            <h3 id={`${id}-head`}>
              <a href={`#${id}`}>
                <code>{name}</code>
              </a>
            </h3>
            {schema.description && (
              <p className="ref-text">
                <Words text={schema.description} />
              </p>
            )}
            {call ? (
              <p className="ref-text">
                Told where it is sent:{' '}
                <a href={`#${call}`}>
                  <code>{call}</code>
                </a>
              </p>
            ) : (
              <SchemaTables schema={schema} document={document} name={name} />
            )}
          </section>
        )
      })}
    </section>
  )
}

/** By the name of a shape, and of each kind of it: the call whose body it is. */
function bodiesOf({ components }: OpenApiDocument, groups: Group[]): Map<string, string> {
  const taken = new Map<string, string>()
  for (const { operation } of groups.flatMap(({ calls }) => calls)) {
    for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
      const name = shapeName(schema)
      if (name === null) continue
      const kinds = Object.values(components.schemas[name]?.discriminator?.mapping ?? {})
      const names = [name, ...kinds.flatMap(($ref) => shapeName({ $ref }) ?? [])]
      for (const each of names) taken.set(each, operation.operationId)
    }
  }
  return taken
}
