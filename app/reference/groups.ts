import type { OpenApiDocument, Operation } from '#lib/wire/openapi'

export interface OperationTold {
  method: string
  path: string
  operation: Operation
}

/** The calls under one tag. */
export interface Group {
  name: string
  description: string
  calls: OperationTold[]
}

export function groupsOf({ tags, paths }: OpenApiDocument): Group[] {
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  return tags.map(({ name, description }) => ({
    name,
    description,
    calls: calls.filter(({ operation }) => operation.tags.includes(name)),
  }))
}
