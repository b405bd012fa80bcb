/**
 * Prints what CHANGELOG.md says about a version: the notes of its release. Fails
 * when it says nothing, or not when.
 *
 *   npm run --silent release-notes [-- 1.2.3 [COMMIT]]
 *
 * Without a version: the one in package.json. With the commit of the release, the
 * notes end with how to use exactly that.
 *
 * It needs nothing that is installed, because the job that may publish runs it.
 */
import { readFileSync } from 'node:fs'

/** A heading as in `## [1.2.3] - 2026-01-31`, and all that is below it. */
function sectionOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1)
  const found = sections.filter((each) => each.startsWith(`[${version}]`))
  if (found.length !== 1) {
    throw new Error(`${found.length} sections about ${version}, not 1`)
  }
  const [section] = found
  const end = section.indexOf('\n')
  return { heading: section.slice(0, end), text: section.slice(end) }
}

function isDay(text) {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function notesOf(changelog, version) {
  const { heading, text } = sectionOf(changelog, version)
  const [, day = ''] = /^\[[^\]]+\] - (\d{4}-\d{2}-\d{2})$/.exec(heading) ?? []
  if (!isDay(day)) throw new Error(`"${heading}" has no date`)
  // The addresses of the headings stand below the last section.
  const notes = text.replaceAll(/^\[[^\]]+\]: .*$/gm, '').trim()
  if (!/^[^#\s]/m.test(notes)) throw new Error(`nothing about ${version}`)
  return notes
}

/** A tag can move; README says how to verify what is at the commit. */
function pinOf(version, commit) {
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new Error(`no commit: "${commit}"`)
  const repository = 'rotate-token/rotate-token'
  const page = `https://github.com/${repository}/blob/${commit}/README.md`
  return `
### Pin this release

\`\`\`yaml
- uses: ${repository}@${commit} # v${version}
\`\`\`

[How to verify it](${page}#verify-a-release)`
}

const [
  version = JSON.parse(readFileSync('package.json', 'utf8')).version,
  commit,
] = process.argv.slice(2)
try {
  const notes = [notesOf(readFileSync('CHANGELOG.md', 'utf8'), version)]
  if (commit !== undefined) notes.push(pinOf(version, commit))
  console.log(notes.join('\n'))
} catch (error) {
  console.error(`CHANGELOG.md: ${error.message}`)
  process.exitCode = 1
}
