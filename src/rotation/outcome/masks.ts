/** A mask of one or two characters would blank the log, and protect nothing. */
const SHORTEST_LENGTH = 3

/**
 * What to give the runner so that it masks a secret. It masks a value and each line of
 * it without the white space around, and replaces all of them wherever they occur. A
 * secret with a short line, such as a JWK whose first line is `{`, is therefore given
 * line by line, without those that are short.
 *
 * @returns nothing for a secret of one or two characters
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
 */
export function masksFor(secret: string): string[] {
  const lines = secret
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const masked = lines.filter((line) => line.length >= SHORTEST_LENGTH)
  return masked.length < lines.length ? masked : [secret]
}

/** @param name begins a sentence; the value is not shown, so it has to say which */
export function tooShortToMask(name: string): string {
  return `${name} has only one or two characters, so it is not masked: the runner would replace them everywhere in the log.`
}
