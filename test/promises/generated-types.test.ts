import path from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { expect, it } from 'vitest'
import type { OpenApiDocument } from '#lib/wire/openapi'
import { ROUTES } from '../../api/app'
import { openApiDocument } from '../../api/openapi/document'

/** What each claim below is written with. */
const WORDS = `
import type { components, operations } from './schema'
import type * as Sdk from '../index'
import type { Evidence } from '../evidence'

type Shapes = components['schemas']
type Client = Sdk.Countersign
type Json<Content> = Content extends { 'application/json': infer Value } ? Value : never
type Answer<Call extends keyof operations> = Json<operations[Call]['responses'][200]['content']>
type Body<Call extends keyof operations> =
  operations[Call] extends { requestBody: { content: infer Content } } ? Json<Content> : never
type Told<Method extends (...given: never[]) => unknown> = Awaited<ReturnType<Method>>
type Sent<Method extends (...given: never[]) => unknown, At extends number> = Parameters<Method>[At]
/** The SDK splits a request by state. Here it is one shape again, each member with all that it may be. */
type Joined<T, Member extends keyof T = keyof T> = { [Each in Member]: T[Each] }
type Fits<A, B> = [A] extends [B] ? true : false
type Same<A, B> = [A] extends [B] ? Fits<B, A> : false
`

/** Types from the document and types of the SDK, by call: what is sent, and what comes back. */
const OF_CALLS: Record<string, string[]> = {
  submitRequest: [
    "Same<Body<'submitRequest'>, Sent<Client['request'], 0>>",
    "Same<Answer<'submitRequest'>, Joined<Told<Client['request']>>>",
    "Same<Json<operations['submitRequest']['responses'][202]['content']>, Joined<Told<Client['request']>>>",
  ],
  getRequest: ["Same<Answer<'getRequest'>, Joined<Told<Client['get']>>>"],
  listRequests: [
    "Same<Answer<'listRequests'>['items'][number], Joined<Sdk.RequestSummary>>",
    "Same<Omit<Answer<'listRequests'>, 'items'>, Omit<Sdk.RequestPage, 'items'>>",
  ],
  addEvidence: [
    "Same<Body<'addEvidence'>, Evidence>",
    "Same<Answer<'addEvidence'>, Told<Client['addEvidence']>>",
  ],
  cancelRequest: [
    "Same<Body<'cancelRequest'>['reason'], Sent<Client['cancel'], 1>>",
    "Fits<Told<Client['cancel']>, Answer<'cancelRequest'>>",
    "Same<keyof Told<Client['cancel']>, keyof Answer<'cancelRequest'>>",
  ],
  collectToken: ["Same<Answer<'collectToken'>, Told<Client['collect']>>"],
  redeemToken: [
    // The client fills in what is left out.
    "Same<Required<Body<'redeemToken'>>, Required<Sent<Client['redeem'], 0>>>",
    "Same<Answer<'redeemToken'>, Told<Client['redeem']>>",
  ],
  reportOutcome: [
    "Same<Body<'reportOutcome'>['outcome'], Sent<Client['report'], 1>>",
    "Same<Body<'reportOutcome'>['detail'], Sent<Client['report'], 2>>",
    "Same<Answer<'reportOutcome'>, Told<Client['report']>>",
  ],
}

const OF_SHAPES = [
  "Same<Shapes['Issue'], Sdk.Issue>",
  "Same<Shapes['RequirementStatus'], Sdk.RequirementStatus>",
  "Same<Shapes['Grant'], Sdk.Grant>",
  "Same<Shapes['Closing'], Sdk.Closing>",
  "Same<Shapes['Obligation'], Sdk.Obligation>",
  "Same<Shapes['Contract'], Sdk.Contract>",
  "Same<Shapes['RequestAnswer']['verdict'], Sdk.Verdict>",
  // The SDK promises less of the facts of an occurrence.
  "Fits<Shapes['Problem'], Sdk.Problem>",
  "Same<keyof Shapes['Problem'], keyof Sdk.Problem>",
]

/** Calls that the SDK does not make. */
const NOT_IN_SDK = ['streamEvents', 'check']

const CLAIMS = [...Object.values(OF_CALLS).flat(), ...OF_SHAPES]

async function typesOf(document: OpenApiDocument): Promise<string> {
  return astToString(await openapiTS(JSON.stringify(document)))
}

/** Compiles the claims over each set of types; gives those that do not hold, by set. */
function brokenClaims(sets: Record<string, string>): Record<string, string[]> {
  const claims = CLAIMS.map((claim, at) => `export const claim${at}: ${claim} = true`).join('\n')
  const inMemory = new Map(
    Object.entries(sets).flatMap(([name, types]) => [
      [path.resolve('sdk', name, 'schema.ts'), types],
      [path.resolve('sdk', name, 'claims.ts'), `${claims}\n${WORDS}`],
    ]),
  )
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    // As callers on Node have it; what browsers have takes longest to read.
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile, directoryExists } = host
  const folders = new Set([...inMemory.keys()].map((file) => path.dirname(file)))
  host.fileExists = (file) => inMemory.has(file) || fileExists(file)
  host.readFile = (file) => inMemory.get(file) ?? readFile(file)
  host.directoryExists = (name) => folders.has(name) || (directoryExists?.(name) ?? true)
  host.getSourceFile = (file, language, ...rest) => {
    const text = inMemory.get(file)
    return text === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, text, language)
  }
  const files = Object.keys(sets).map((name) => path.resolve('sdk', name, 'claims.ts'))
  const program = ts.createProgram(files, options, host)
  return Object.fromEntries(
    files.map((file, at) => [Object.keys(sets)[at], faultsIn(program, file)]),
  )
}

function faultsIn(program: ts.Program, file: string): string[] {
  const source = program.getSourceFile(file)
  return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
    const line = source?.getLineAndCharacterOfPosition(start).line ?? -1
    return CLAIMS[line] ?? ts.flattenDiagnosticMessageText(messageText, ' ')
  })
}

it('types generated from the OpenAPI document are the SDK’s: what is sent and what comes back, call by call', async () => {
  expect([...Object.keys(OF_CALLS), ...NOT_IN_SDK].sort()).toEqual(
    ROUTES.map(({ operationId }) => operationId).sort(),
  )
  const types = await typesOf(openApiDocument(ROUTES, 'https://countersign.example'))
  // The same with a member of another name.
  const renamed = types.replaceAll('redeemed_at: string;', 'redeemedAt: string;')
  const broken = brokenClaims({ types, renamed })
  expect(broken['types']).toEqual([])
  expect(broken['renamed']).toEqual(["Same<Answer<'redeemToken'>, Told<Client['redeem']>>"])
}, 60_000)
