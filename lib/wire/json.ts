import { z } from 'zod'

/** Any JSON value. Registered by name, so that the OpenAPI document describes it once although it holds itself. */
export const anyJson = z.json()
z.globalRegistry.add(anyJson, { id: 'Json' })
