import type { StoredVersion } from '../../src/rotation/record/stored-version.ts'
import { readFields } from '../../src/rotation/record/record-description.ts'
import type { RotationRecord } from '../../src/rotation/record/record.ts'
import { holdsState } from '../../src/rotation/record/version.ts'
import { viewOf, type View } from '../../src/rotation/record/view.ts'
import {
  codeOf,
  spentMark,
  SymbolicKeyring,
} from '../support/symbolic-keyring.ts'

/** One version of the record, and those before it that somebody may still look at. */
export interface Link {
  /** What a compare-and-swap compares. */
  readonly revision: string
  /** Says what it holds, and what stands below: equal chains have equal keys. */
  readonly key: string
  readonly content: Content
  readonly below: Link | undefined
}

const links = new Map<string, Link>()

/** One object for equal chains. */
export function makeLink(
  revision: string,
  content: Content,
  below: Link | undefined,
): Link {
  const text = `${revision} ${idOf(content)} ${below?.key ?? ''}`
  const known = links.get(text)
  if (known !== undefined) return known
  const link = { revision, key: String(links.size), content, below }
  links.set(text, link)
  return link
}

/** As JSON has it: times are texts. */
export type Content = Readonly<Record<string, unknown>>

/** What nobody has signed, and nobody can have. */
export const FORGED = 'forged'

const keyring = new SymbolicKeyring(false)

export function* linksFrom(head: Link | undefined): Generator<Link> {
  for (let link = head; link; link = link.below) yield link
}

export function toVersion({ revision, content, below }: Link): StoredVersion {
  return {
    revision,
    ...(below && { parent: below.revision }),
    content,
  }
}

const records = new WeakMap<Content, RotationRecord>()

/** What a state says, whoever wrote it; undefined for an escrow alone. */
export function recordIn(content: Content): RotationRecord | undefined {
  if (!('phase' in content)) return undefined
  const known = records.get(content)
  if (known !== undefined) return known
  const record = readFields(content)
  records.set(content, record)
  return record
}

export function isForged({ mac }: Content): boolean {
  return mac === FORGED
}

/** The newest state that a run has written. */
export function stateOf(head: Link | undefined): RotationRecord | undefined {
  for (const { content } of linksFrom(head)) {
    if ('phase' in content && !isForged(content)) return recordIn(content)
  }
  return undefined
}

/** The record as the holder of a token sees it. */
export function viewFor(head: Link | undefined, token: string): View {
  return viewOf([...linksFrom(head)].map(toVersion), {
    keys: keyring.named(token),
    successor: undefined,
    now: new Date(0),
    graceSeconds: 1e9,
  })
}

/** The tokens of which a copy is in the record, for the holder of the one before. */
export function copiesIn(head: Link | undefined): string[] {
  const replaced = new Set<string>()
  for (const { content } of linksFrom(head)) {
    const escrow = content['escrow'] as { replaces: string } | undefined
    if (escrow) replaced.add(escrow.replaces)
  }
  return [...replaced].flatMap((token) =>
    viewFor(head, token).heirs.map(({ escrow }) => escrow.token),
  )
}

/**
 * Without what nobody can see: of each token its own newest state and mark, and the
 * copies of its successor. What stands between is noise to all of them.
 *
 * @param isQuiet no process is there: a marked token's own state is behind the mark
 */
export function prune(
  head: Link | undefined,
  tokens: ReadonlySet<string>,
  isQuiet: boolean,
): Link | undefined {
  const kept: Link[] = []
  const signed = new Set<string>()
  const marked = new Set<string>()
  let hasState = false
  for (const link of linksFrom(head)) {
    const { content } = link
    const isOpen = (token: string): boolean =>
      tokens.has(token) && !signed.has(token) && !(isQuiet && marked.has(token))
    const marks = marksIn(content)
    const news = [...tokens].filter(
      (token) =>
        isOpen(token) && !marked.has(token) && marks.includes(spentMark(token)),
    )
    const signer = [...tokens].find((token) => content['mac'] === codeOf(token))
    const escrow = content['escrow'] as { replaces: string } | undefined
    const isState = holdsState(toVersion(link))
    const isNeeded =
      kept.length === 0 ||
      (isState && !hasState) ||
      (signer !== undefined && isOpen(signer)) ||
      (escrow !== undefined && isOpen(escrow.replaces)) ||
      news.length > 0
    if (isNeeded) kept.push(link)
    hasState ||= isState
    if (signer !== undefined) signed.add(signer)
    for (const token of news) marked.add(token)
  }
  return relink(kept)
}

function marksIn({ spent }: Content): string[] {
  return Array.isArray(spent) ? (spent as string[]) : []
}

/** The same links, one below the other. */
function relink(kept: readonly Link[]): Link | undefined {
  return kept.reduceRight<Link | undefined>(
    (below, { revision, content }) => makeLink(revision, content, below),
    undefined,
  )
}

const texts = new Map<string, Content>()

/** One object for equal contents, which makes it quick to see that they are. */
export function toContent(value: object): Content {
  const text = JSON.stringify(value)
  const known = texts.get(text)
  if (known !== undefined) return known
  const content = JSON.parse(text) as Content
  ids.set(content, texts.size)
  texts.set(text, content)
  return content
}

const ids = new WeakMap<Content, number>()

function idOf(content: Content): number {
  const id = ids.get(content)
  if (id === undefined) throw new Error('a content of its own')
  return id
}
