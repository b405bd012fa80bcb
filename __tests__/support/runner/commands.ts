/** A workflow command that a step printed. */
export interface Annotation {
  readonly kind: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
}

const commandPattern = /^::([a-z-]+)(?: (.*?))?::(.*)$/s

/**
 * Reads the output of a step line by line as the runner does: carries out
 * commands, and masks what is masked.
 */
export class CommandReader {
  readonly annotations: Annotation[] = []
  /** What a person sees in the log of the job. */
  readonly log: string[] = []
  readonly #masks: Set<string>

  constructor(masks: Set<string>) {
    this.#masks = masks
  }

  read(line: string): void {
    const [, command, properties = '', value = ''] =
      commandPattern.exec(line) ?? []
    switch (command) {
      case 'add-mask':
        addMask(this.#masks, unescapeData(value))
        return
      case 'error':
      case 'warning':
      case 'notice': {
        const message = maskText(unescapeData(value), this.#masks)
        const [, title = ''] = /(?:^|,)title=([^,]*)/.exec(properties) ?? []
        this.annotations.push({
          kind: command,
          title: unescapeProperty(title),
          message,
        })
        this.log.push(`${capitalize(command)}: ${message}`)
        return
      }
      case 'debug':
        return
      default:
        this.log.push(maskText(line, this.#masks))
    }
  }
}

/** Registers a value, and each line of one with several. */
export function addMask(masks: Set<string>, value: string): void {
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  for (const part of [value, ...lines]) {
    if (part.trim() === '') continue
    for (const encoded of encodings(part)) masks.add(encoded)
  }
}

/** Longest first, so that no part of a longer one stays behind. */
export function maskText(text: string, masks: ReadonlySet<string>): string {
  return [...masks]
    .sort((one, other) => other.length - one.length)
    .reduce((masked, mask) => masked.replaceAll(mask, '***'), text)
}

/**
 * The forms in which the runner recognises a masked value.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/HostContext.cs
 */
function encodings(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    value,
    bytes.toString('base64'),
    bytes.subarray(1).toString('base64'),
    bytes.subarray(2).toString('base64'),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    encodeURIComponent(value),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  ].filter((form) => form !== '')
}

function unescapeData(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%')
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','))
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * Reads a file of `name=value` lines and heredocs, such as `GITHUB_OUTPUT`.
 *
 * @throws when a heredoc has no end, after which the runner fails the step
 */
export function readFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.split(/\r?\n/)
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2)
      const end = lines.indexOf(delimiter)
      if (end < 0) throw new Error(`Matching delimiter not found ${delimiter}`)
      values[line.slice(0, heredoc)] = lines.splice(0, end).join('\n')
      lines.shift()
    } else if (equals > 0) {
      values[line.slice(0, equals)] = line.slice(equals + 1)
    } else {
      throw new Error(`Invalid format '${line}'`)
    }
  }
  return values
}
