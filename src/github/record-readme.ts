import { createHash } from 'node:crypto'

/** What stands in the one tree of all commits of a record. */
export const README = `This ref belongs to Rotate Token. Each commit message is one state of a token
rotation: who is rotating, which refresh token is current (by a name that is
derived from it), and how the last run ended. It contains no token, except for
a sealed copy, which only GitHub can open, while a secret cannot be written.
What was not written by a run that held the token is ignored.

Do not merge, rewrite or delete it: it is the lock that keeps two runs from
spending the same refresh token.
`

/** The name that git gives the tree: only that one of others is used. */
export const README_TREE = hash(
  'tree',
  Buffer.concat([
    Buffer.from('100644 README.md\0'),
    Buffer.from(hash('blob', Buffer.from(README)), 'hex'),
  ]),
)

function hash(type: 'blob' | 'tree', content: Buffer): string {
  return createHash('sha1')
    .update(`${type} ${content.length}\0`)
    .update(content)
    .digest('hex')
}
