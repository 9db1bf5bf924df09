import type { Command } from '../command'
import { auditVerify } from './audit-verify'
import { cancel } from './cancel'
import { keys } from './keys'
import { policyCheck } from './policy-check'
import { report } from './report'
import { request } from './request'
import { run } from './run'
import { status } from './status'
import { verify } from './verify'
import { wait } from './wait'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  run,
  request,
  wait,
  status,
  cancel,
  report,
  verify,
  keys,
  auditVerify,
  policyCheck,
]
