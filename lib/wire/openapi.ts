/** The part of OpenAPI 3.1 that the callers' API is told in, for whoever writes the document and whoever reads it out. */
export interface OpenApiDocument {
  openapi: string
  info: { title: string; version: string; description: string; license: object }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    securitySchemes: Record<string, SecurityScheme>
    schemas: Record<string, Schema>
    /** Problems by their code. */
    examples: Record<string, Example>
  }
}

export interface SecurityScheme {
  type: string
  description: string
  scheme?: string
  in?: string
  name?: string
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  /** Each way in by itself: a scheme with the scopes that the key needs. */
  security: Record<string, string[]>[]
  parameters: Parameter[]
  requestBody?: { required: boolean; description: string; content: Content }
  responses: Record<string, Response>
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: Schema
  example?: string
}

export interface Response {
  description: string
  headers?: Record<string, { description: string; schema: Schema }>
  content: Content
}

/** By media type. */
export type Content = Record<string, { schema: Schema; examples?: Record<string, ExampleOrRef> }>

export interface Example {
  summary: string
  value: unknown
}

export type ExampleOrRef = Example | { $ref: string }

/** JSON Schema 2020-12, as far as zod writes it. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  description?: string
  format?: string
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  propertyNames?: Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  discriminator?: { propertyName: string; mapping: Record<string, string> }
  enum?: unknown[]
  const?: unknown
  default?: unknown
  pattern?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  minProperties?: number
  maxProperties?: number
  minimum?: number
  maximum?: number
}
