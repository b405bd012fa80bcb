/**
 * Who may know whom, counted with imports of types, and that nothing goes in a
 * circle. The rule that tells a line where it lives stands in CONTRIBUTING.
 */

const room = (name) => `^src/${name}/`

/** Files of `from` know nothing of the project but what lies in `allowed`. */
const knowsOnly = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|__tests__|bench|scripts)/', pathNot: allowed },
})

const core = room('rotation')
/** What steps share: they know each other by these only. */
const shared =
  '^src/rotation/steps/(block-record|escrow|fence|release-claim|write-secret)'

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    knowsOnly('the core knows itself only', core, core),
    knowsOnly(
      'tokens, record and outcome know no step',
      '^src/rotation/(tokens|record|outcome)/',
      '^src/rotation/(tokens|record|outcome)/|^src/rotation/[^/]+$',
    ),
    {
      name: 'no step knows another, but for what they share',
      severity: 'error',
      from: { path: '^src/rotation/steps/' },
      to: { path: '^src/rotation/steps/', pathNot: shared },
    },
    knowsOnly('runtime is below all but the core', room('runtime'), [
      room('runtime'),
      core,
    ]),
    knowsOnly('a provider is a table', room('oauth/providers'), [
      '^src/oauth/provider[.]ts$',
    ]),
    ...['oauth', 'github', 'runner'].map((name) =>
      knowsOnly(`${name} knows the core and runtime`, room(name), [
        room(name),
        core,
        room('runtime'),
      ]),
    ),
    knowsOnly('report knows the core', room('report'), [room('report'), core]),
    knowsOnly(
      'inputs know the rooms, but not who puts them together',
      room('inputs'),
      [room('inputs'), core, room('(oauth|github|runtime)')],
    ),
    {
      name: 'the core uses no library',
      severity: 'error',
      from: { path: core },
      to: { dependencyTypes: ['npm', 'core'], pathNot: '^node_modules/jose/' },
    },
    {
      name: 'Octokit stands in one file',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/github/api[.]ts$' },
      to: { path: '@octokit/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
}
