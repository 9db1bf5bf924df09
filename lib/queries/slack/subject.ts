import type { Contract } from '#lib/core/contract/contract'
import { isJsonObject, type Json, type JsonObject } from '#lib/core/contract/json'
import type { SubjectView } from '#lib/wire/views/slack'

/** What a card calls the request by: its first tool, and the amount where the arguments name one. */
export function subjectOf({ tools, arguments: bound }: Contract): SubjectView {
  return {
    tool: tools[0] ?? '',
    moreToolCount: Math.max(0, tools.length - 1),
    amount: amountOf(onlyArguments(bound)),
  }
}

/** Caller's text: whom the value goes to; null where there is no amount, or nobody is named. */
export function payeeOf({ arguments: bound }: Contract): string | null {
  const only = onlyArguments(bound)
  if (amountOf(only) === null || only === null) return null
  const named = PAYEES.map((key) => only[key]).find(isText)
  const account = ACCOUNTS.map((key) => only[key]).find(isText)
  const parts = [named, account].filter(isText)
  return parts.length === 0 ? null : parts.join(', ')
}

const PAYEES = ['payee', 'recipient', 'beneficiary', 'to']
const ACCOUNTS = ['iban', 'account']
const CURRENCY = /^[A-Z]{3}$/
const AMOUNT = /^(\d{1,15})(\.\d{1,8})?$/

/** Two tools with arguments have two amounts, and a headline has room for one. */
function onlyArguments(bound: Contract['arguments']): JsonObject | null {
  const all = Object.values(bound ?? {})
  const [only] = all
  return all.length === 1 && only !== undefined && isJsonObject(only) ? only : null
}

/** "EUR 48,200.00": digits as sent, only set apart in threes. Nothing is added, so cents never turn into units unseen. */
function amountOf(only: JsonObject | null): string | null {
  const currency = own(only, 'currency')
  const amount = own(only, 'amount')
  const text = typeof amount === 'number' ? JSON.stringify(amount) : amount
  if (typeof text !== 'string' || typeof currency !== 'string' || !CURRENCY.test(currency)) {
    return null
  }
  const parts = AMOUNT.exec(text)
  return parts && `${currency} ${parts[1]?.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${parts[2] ?? ''}`
}

function own(object: JsonObject | null, key: string): Json | undefined {
  return object !== null && Object.hasOwn(object, key) ? object[key] : undefined
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== ''
}
