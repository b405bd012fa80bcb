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

/** The members of a union of strings, wherever in src/ it stands. */
export function membersOf(union: string): string[] {
  const declaration = new RegExp(`^export type ${union} =([^]*?)\\n\\n`, 'm')
  const [, members = ''] =
    find('src/**/*.ts')
      .map((file) => declaration.exec(read(file)))
      .find((match) => match !== null) ?? []
  const words = [...members.matchAll(/'([^']+)'/g)].map(([, word]) => word)
  if (words.length === 0) throw new Error(`no union ${union} in src/`)
  return words.map(String)
}
