import { z } from 'zod'
import { factorProof } from './auth'
import { changeForm } from './change'

/** A new version of the policy, as the console sends it: to be checked, and then with a factor. */
export const policyProposalForm = z.object({
  change: changeForm.refine((change) => change.kind === 'policy.publish'),
  proof: factorProof.nullable(),
})
