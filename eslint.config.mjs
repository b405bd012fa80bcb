import js from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import { defineConfig, globalIgnores } from 'eslint/config'
import ts from 'typescript-eslint'

/**
 * The direction of imports: entries, run.ts, then oauth/, github/, report/ and
 * runner/ beside each other, and below all of them rotation/.
 */
function mayNotImport(folder, patterns, message) {
  return {
    files: [`src/${folder}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: patterns, message }] },
      ],
    },
  }
}

const above = String.raw`^\.\./[^/]+\.ts$`

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true },
    },
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createTypeScriptImportResolver()],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-extraneous-dependencies': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Deprecated so that it stands out: it serves loopback only, see inputs.ts.
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: [
            {
              from: 'package',
              package: 'oauth4webapi',
              name: 'allowInsecureRequests',
            },
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true, boolean: true } },
      ],
    },
  },
  {
    files: ['scripts/*.mjs'],
    languageOptions: { globals: { console: false, process: false } },
  },
  {
    files: ['__tests__/**'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['src/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'process'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes from System.' },
        { object: 'Math', property: 'random', message: 'So does chance.' },
        { object: 'performance', property: 'now', message: 'So does this.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'The clock of the runner may be wrong by hours.',
        },
      ],
    },
  },
  {
    files: [
      'src/main.ts',
      'src/run.ts',
      'src/post.ts',
      'src/report/annotations.ts',
      'src/runner/job.ts',
    ],
    rules: { 'no-restricted-globals': ['error', 'fetch', 'setTimeout'] },
  },
  {
    files: ['src/system.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  mayNotImport('rotation', String.raw`^(?!\./)`, 'The core imports nothing.'),
  mayNotImport(
    'oauth',
    String.raw`^\.\./(github|report)/|^@actions/|${above}`,
    'oauth/ knows rotation/ only.',
  ),
  mayNotImport(
    'oauth/providers',
    String.raw`^\.\./\.\.|^@actions/`,
    'providers/ is a table; it knows oauth/ only.',
  ),
  mayNotImport(
    'github',
    String.raw`^\.\./(oauth|report)/|^@actions/|${above}`,
    'github/ knows rotation/ only.',
  ),
  mayNotImport(
    'runner',
    String.raw`^\.\./(oauth|github|report)/|${above}`,
    'runner/ knows rotation/ only.',
  ),
  mayNotImport(
    'report',
    String.raw`^\.\./(oauth|github)/|${above}`,
    'report/ knows rotation/ only.',
  ),
)
