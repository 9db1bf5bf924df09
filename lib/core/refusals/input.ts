import type { RefusalEntry } from './entry'

/** What was sent cannot be read, or is not what may be sent here. Nothing was stored. */
export const INPUT_REFUSALS = {
  invalid_json: {
    status: 400,
    title: 'The body is not JSON',
    sentence:
      'The body could not be read as JSON. Correct it at the place named and send it again.',
  },
  invalid_utf8: {
    status: 400,
    title: 'The body is not UTF-8',
    sentence: 'The body holds bytes that are not UTF-8. Encode it as UTF-8 and send it again.',
  },
  duplicate_key: {
    status: 400,
    title: 'A key stands twice in one object',
    sentence: 'Two members of one object have the same name, so readers may disagree. Keep one.',
  },
  forbidden_key: {
    status: 400,
    title: 'A key is not allowed',
    sentence: 'The name __proto__ changes objects in some languages. Use another name.',
  },
  lone_surrogate: {
    status: 400,
    title: 'A text holds half a character',
    sentence: 'A text holds a lone surrogate, which has no UTF-8 form. Send whole characters.',
  },
  nul_character: {
    status: 400,
    title: 'A text holds U+0000',
    sentence:
      'A text holds the character U+0000, which databases and terminals cut texts at. Leave it out.',
  },
  inexact_number: {
    status: 400,
    title: 'A number would be changed by reading it',
    sentence:
      'A number does not survive being read as a double, so people would sign another number. Send it as text.',
  },
  too_deep: {
    status: 400,
    title: 'The body is nested too deeply',
    sentence: 'Objects and arrays are nested too deeply. Flatten the value at the place named.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    sentence:
      'The body is larger than is accepted here. Send less, or attach the rest as evidence.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    sentence: 'Send the body as application/json.',
  },
  invalid_body: {
    status: 400,
    title: 'The body is not valid',
    sentence: 'Some fields are missing, unknown or wrong. Correct the fields named and send again.',
  },
  invalid_contract: {
    status: 400,
    title: 'The contract is not valid',
    sentence:
      'Some fields of the contract are missing, unknown or wrong. Correct the fields named and send again.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    sentence: 'There is nothing here that you may see.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    sentence: 'This address does not take this method.',
  },
  run_reused: {
    status: 409,
    title: 'The run was already used for another contract',
    sentence:
      'This run names an earlier request with a different contract. Use a new run for a new contract.',
  },
  policy_invalid: {
    status: 422,
    title: 'The policy is not valid',
    sentence: 'The policy document has errors. Correct the places named; the old version stays.',
  },
  policy_unsatisfiable: {
    status: 422,
    title: 'Nobody could satisfy the policy',
    sentence:
      'A requirement asks for more distinct people than can meet it. Add people or lower the count; the old version stays.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    sentence: 'Too many requests in a short time. Wait as long as Retry-After says.',
  },
  too_many_open: {
    status: 429,
    title: 'Too many requests are held already',
    sentence:
      'This caller has as many held requests as it may. Wait until some are decided, or cancel some.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    sentence: 'Something failed on our side. Nothing was allowed because of it. Try again.',
  },
  unavailable: {
    status: 503,
    title: 'Not available now',
    sentence: 'A part that is needed cannot be reached. Nothing was allowed. Try again shortly.',
  },
} as const satisfies Record<string, RefusalEntry>
