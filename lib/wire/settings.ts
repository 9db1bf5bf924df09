import { z } from 'zod'
import { factorProof } from './auth'
import { changeForm } from './change'

/** The changes that the page of settings makes. */
const settingsChange = changeForm.refine(
  ({ kind }) => kind === 'keys.rotate' || kind === 'settings.retention',
)
export const settingsChangeForm = z.object({
  change: settingsChange,
  proof: factorProof.nullable(),
})
