// The import table of the house, in the order of the way of the data. docs: ARCHITECTURE.md.
const allowed = require('./tools/arch/allowed.json');

const stages = '(collect|detect|assess|findings|decide|act)';
const nodePure = '^(node:)?(buffer|crypto)$';
const pure = (names) => `node_modules/(${['zod', ...names].join('|')})/`;
const test = '(\\.(test|testing|contract|bench)|-under-test)\\.ts$';

/** `from` may import only what matches one of `to`. */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, pathNot: test },
  to: { pathNot: to },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'type imports count too', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('model-and-ports-know-words-only', '^src/core/(model|ports)/', ['^src/core/(model|ports)/', nodePure, pure([])]),
    only('lib-is-pure', '^src/core/lib/', ['^src/core/(model|lib)/', nodePure, pure(allowed.lib)]),
    {
      name: 'stages-share-only-words',
      severity: 'error',
      from: { path: `^src/core/${stages}/`, pathNot: test },
      to: { path: `^src/core/${stages}/`, pathNot: '^src/core/$1/' },
    },
    ...['collect', 'detect', 'assess', 'findings', 'decide', 'act'].map((stage) =>
      only(`${stage}-is-pure`, `^src/core/${stage}/`, [`^src/core/(${stage}|model|lib|ports|detect|collect|assess|findings|decide|act)/`, nodePure, pure(allowed[stage])]),
    ),
    only('content-knows-model-and-lib', '^content/', ['^content/', '^src/core/(model|lib)/'], 'content is what security engineers write'),
    { name: 'edges-do-not-know-each-other', severity: 'error', from: { path: '^src/edge/([^/]+)/', pathNot: test }, to: { path: '^src/(edge|app|cli|http|range)/', pathNot: '^src/edge/$1/' } },
    { name: 'edges-know-no-content', severity: 'error', from: { path: '^src/edge/', pathNot: test }, to: { path: '^content/' } },
    {
      name: 'range-knows-words-only',
      severity: 'error',
      from: { path: '^src/range/', pathNot: test },
      to: { pathNot: ['^src/range/', '^src/core/(model|lib|ports)/'], dependencyTypesNot: ['core'] },
    },
    { name: 'app-joins-in-wire-only', severity: 'error', from: { path: '^src/app/', pathNot: `(^src/app/wire(/|\\.ts))|${test}` }, to: { path: '^(src/(edge|range|cli|http)|content)/' } },
    { name: 'doors-call-use-cases', severity: 'error', from: { path: '^src/(cli|http)/', pathNot: test }, to: { path: '^(src/(edge|range)|content|src/core/(?!model/))' } },
    { name: 'nobody-imports-the-doors', severity: 'error', from: { path: '^(src/(core|edge|range|app)|content)/', pathNot: test }, to: { path: '^src/(cli|http)/' } },
    {
      name: 'exercises-reach-nothing',
      severity: 'error',
      comment: 'what holds an exercise has no way, however long, to an action, a notification or a cloud',
      from: { path: '^src/app/exercise/', pathNot: test },
      to: { path: '^src/(app/(plan-action|dispatch|carry-out|undo-action|undo-request|notify/|triage/ask)|edge/|core/ports/(cloud|channel))', reachable: true },
    },
    { name: 'no-tests-in-code', severity: 'error', from: { pathNot: test }, to: { path: '\\.test\\.ts$' } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(web/dist|dist)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
