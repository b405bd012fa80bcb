/** What GitHub says to a name that no new ref may have. */
export function refuseName(ref: string): string | undefined {
  if (!ref.startsWith('refs/')) {
    return "Reference name must start with 'refs/'."
  }
  if (ref.split('/').length < 3) {
    return 'Reference name must contain at least three slash-separated components.'
  }
  return isWellFormed(ref) ? undefined : `${ref} is not a valid ref name.`
}

/** @see https://git-scm.com/docs/git-check-ref-format */
function isWellFormed(ref: string): boolean {
  return (
    !/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\.$/.test(ref) &&
    ref.split('/').every((part) => part !== '' && !/^\.|\.lock$/.test(part))
  )
}

/** A ref is a file to git: `a/b` and `a/b/c` cannot both be there. */
export function areInConflict(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`)
}
