import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { readContract } from '#lib/core/contract/contract'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { fences } from '../test/fenced'
import { SEED_CONTRACT as TESTED_CONTRACT } from '../test/world'

const PAGES = ['README.md', ...pagesOf('docs'), ...pagesOf('docs/decisions')]

describe('the README', () => {
  it('shows the contract that the demonstration sends and the tests are about', () => {
    const [shown] = fences('README.md').filter(({ info }) => info === 'json contract')
    const contract = readContract(shown?.text ?? '')
    expect(contract).toEqual({ ok: true, value: SEED_CONTRACT })
    expect(JSON.parse(TESTED_CONTRACT)).toEqual(SEED_CONTRACT)
  })
})

describe('every page', () => {
  it('shows TypeScript that compiles against what is there', () => {
    const blocks = PAGES.flatMap((page) =>
      fences(page)
        .filter(({ info }) => info.split(' ')[0] === 'ts')
        .map(({ text, line }) => ({ name: `${page}:${line}`, text })),
    )
    expect(blocks.length).toBeGreaterThanOrEqual(2)
    expect(typeErrors(blocks)).toEqual([])
  }, 90_000)

  it.each(PAGES)('names files and links to pages that exist: %s', (page) => {
    const text = readFileSync(page, 'utf8').replaceAll(/^```.*?^```$/gms, '')
    const folder = path.dirname(page)
    const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to = '']) =>
      path.join(folder, to),
    )
    const named = [...text.matchAll(FILE)].map(([, file = '']) => file)
    expect([...linked, ...named].filter((file) => !existsSync(file))).toEqual([])
  })
})

/** A path of ours in backticks. */
const FILE =
  /`((?:app|api|bench|docs|e2e|lib|prisma|scripts|sdk|test|workers)\/[^`\s*…]*|server\.ts)`/g

function pagesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name))
}

/** What the reader of an example has at hand: their own action. */
const READERS_OWN: Record<string, string> = {
  'deploy.ts': 'export async function deploy(_arguments: unknown): Promise<void> {}',
}

/** Type-checks the blocks as modules in a folder of ours that is nowhere but in memory, as strictly as readers may. */
function typeErrors(blocks: { name: string; text: string }[]): string[] {
  const folder = path.resolve('examples')
  const inMemory = new Map(
    Object.entries(READERS_OWN).map(([name, text]) => [path.join(folder, name), text]),
  )
  const names = new Map<string, string>()
  blocks.forEach(({ name, text }, index) => {
    const file = path.join(folder, `example-${index}.ts`)
    inMemory.set(file, text)
    names.set(file, name)
  })
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
    paths: {
      '@countersign/sdk': [path.resolve('sdk/index.ts')],
      '@countersign/sdk/*': [path.resolve('sdk/*.ts')],
    },
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile, directoryExists } = host
  host.fileExists = (file) => inMemory.has(file) || fileExists(file)
  host.readFile = (file) => inMemory.get(file) ?? readFile(file)
  host.directoryExists = (name) => name === folder || (directoryExists?.(name) ?? true)
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const text = inMemory.get(file)
    return text === undefined
      ? getSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, text, languageVersion)
  }
  const program = ts.createProgram([...names.keys()], options, host)
  return [...names].flatMap(([file, name]) => {
    const source = program.getSourceFile(file)
    return ts
      .getPreEmitDiagnostics(program, source)
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  })
}
