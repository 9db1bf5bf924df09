/** One arrow, downwards: shells → commands/queries → adapters → wire → core. server.ts is the composition: it may import every shell. */
const TEST = '[.]test[.]tsx?$'
const SHELLS = '^(app|api|workers|slack)/'
const ADAPTERS = '^lib/(db|queue|auth|files|keys|notify|decision-points|policies|rate-limit)/'

const mayOnlyReach = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TEST },
  to: { pathNot: [from, ...allowed] },
})
const mayNotReach = (name, comment, from, to, except) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TEST },
  to: { path: to, ...(except && { pathNot: except }) },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-test-import', severity: 'error', from: { pathNot: TEST }, to: { path: TEST } },
    mayOnlyReach('core-is-pure', 'Rules of the product: no I/O, no framework.', '^lib/core/', [
      '^node_modules/(jose|@noble/hashes)/',
    ]),
    mayOnlyReach('wire-knows-only-core', 'Wire shapes.', '^lib/wire/', [
      '^lib/core/',
      '^node_modules/(zod|yaml|@hono/zod-openapi)/',
    ]),
    mayNotReach(
      'adapters-are-below-commands',
      'An adapter never starts a use case.',
      ADAPTERS,
      '^lib/(commands|queries)/',
    ),
    mayNotReach(
      'adapters-are-strangers',
      'Only db is shared sideways.',
      '^lib/(db|queue|auth|files|keys|notify|decision-points|policies|rate-limit)/',
      ADAPTERS,
      ['^lib/$1/', '^lib/db/'],
    ),
    mayNotReach(
      'queries-never-write',
      'Reads and writes stay apart.',
      '^lib/queries/',
      '^lib/(commands|queue|notify)/',
    ),
    mayNotReach(
      'lib-knows-no-shell',
      'lib runs without Next, Bolt or BullMQ workers.',
      '^lib/',
      '^(app|api|workers|slack|e2e|sdk|bench|scripts)/',
    ),
    mayNotReach('shells-go-through-commands', 'No shell reaches the database.', SHELLS, '^lib/db/'),
    mayNotReach(
      'shells-are-strangers',
      'A shell never imports another.',
      '^(app|api|workers|slack)/',
      SHELLS,
      '^$1/',
    ),
    mayNotReach(
      'prisma-only-in-db',
      'The ORM is a detail.',
      '^(app|api|workers|slack|sdk|lib/(?!db/))',
      '^(node_modules/(@prisma|[.]prisma)/|prisma/)',
    ),
    mayOnlyReach(
      'sdk-is-small',
      'Callers install digest and token code.',
      '^sdk/(?!cli/|(node|whole-file)[.]ts)',
      ['^lib/core/', '^lib/wire/', '^node_modules/jose/'],
    ),
    {
      name: 'sdk-knows-wire-as-types',
      comment: 'The shapes bring a schema library with them.',
      severity: 'error',
      from: { path: '^sdk/', pathNot: TEST },
      to: { path: '^lib/wire/', dependencyTypesNot: ['type-only'] },
    },
    mayNotReach(
      'cli-is-small',
      'As the SDK, and Node. `policy check` compiles a policy exactly as publishing does, which asks no database.',
      '^sdk/cli/',
      '^(lib|app|api|workers|slack)/',
      ['^lib/core/', '^lib/wire/', '^lib/policies/(compile-policy|satisfiable)[.]ts$'],
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: '^([.]next|dist|test-results|[.]data|examples/.*[.]mjs|lib/db/generated/(internal|models))',
    },
  },
}
