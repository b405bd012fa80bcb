import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file of the project, by its path from the top. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Paths from the top, with `/` on every system. */
export function find(pattern: string): string[] {
  return globSync(pattern, { cwd: root }).map((path) =>
    path.replaceAll('\\', '/'),
  )
}
