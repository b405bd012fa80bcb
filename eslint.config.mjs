import js from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import { defineConfig, globalIgnores } from 'eslint/config'
import ts from 'typescript-eslint'

const noClock = {
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message: 'The clock of the runner may be wrong by hours.',
}

const onlyKnownRoutes = {
  selector:
    ':matches(TSAsExpression, TSTypeAssertion) > TSTypeReference[typeName.name="Route"]',
  message: 'A route is a literal of routes.ts, and nothing else becomes one.',
}

/** All that goes to GitHub: addresses are written down, and options are ours. */
const requestsToGitHub = [
  {
    files: ['src/github/routes.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(TemplateLiteral, BinaryExpression, CallExpression, SpreadElement)',
          message: 'Routes are literals.',
        },
      ],
    },
  },
  {
    files: ['src/github/api.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        noClock,
        onlyKnownRoutes,
        {
          selector:
            'CallExpression[callee.property.name="request"] SpreadElement',
          message: 'No data stands beside the options of Octokit unnamed.',
        },
        {
          selector:
            'CallExpression[callee.property.name="request"][arguments.0.name!="template"]',
          message: 'Octokit gets one of the routes in routes.ts.',
        },
      ],
    },
  },
]

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
      'import-x/no-extraneous-dependencies': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Deprecated so that it stands out: it serves loopback only, see exchange.ts.
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
      'no-restricted-syntax': ['error', noClock, onlyKnownRoutes],
    },
  },
  ...requestsToGitHub,
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
    files: ['src/runtime/system.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
)
