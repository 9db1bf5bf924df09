import { requestExamples } from './requests'
import type { OperationExamples } from './shape'
import { TOKEN_EXAMPLES } from './tokens'

/** By operationId, with addresses of this installation. `test/promises/openapi.test.ts` holds that each is what its call takes and gives. */
export function operationExamples(publicUrl: string): Record<string, OperationExamples> {
  return { ...requestExamples(publicUrl), ...TOKEN_EXAMPLES }
}
