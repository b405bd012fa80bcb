/**
 * Makes dist/ from src/: one bundle, and a post step that loads it only when
 * there is work. Not minified, so that it can be reviewed.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

import ts from 'typescript'

rmSync('dist', { recursive: true, force: true })
execFileSync(
  process.execPath,
  [
    'node_modules/@vercel/ncc/dist/ncc/cli.js',
    ...['build', 'src/main.ts', '--out', 'dist/main'],
    ...['--license', 'licenses.txt', '--no-cache', '--quiet'],
  ],
  { stdio: 'inherit' },
)
mkdirSync('dist/post')
writeFileSync(
  'dist/post/index.js',
  ts
    .transpile(readFileSync('src/post.ts', 'utf8'), {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ES2022,
    })
    .replace('./main.ts', '../main/index.js'),
)
