/** Reads a time that a server sent; undefined when it is none. */
export function readTime(value: unknown): Date | undefined {
  const time = new Date(String(value))
  return Number.isNaN(time.getTime()) ? undefined : time
}

/** For people: in UTC, by the second. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
