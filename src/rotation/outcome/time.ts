/** Reads a time from a server; undefined when it is not a time. */
export function readTime(value: unknown): Date | undefined {
  const time = new Date(String(value))
  return Number.isNaN(time.getTime()) ? undefined : time
}

/** For people: in UTC, to the second. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
