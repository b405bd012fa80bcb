import type { Read } from '../rotation/description.ts'
import type { RequestResult } from './retry.ts'
import type { Route } from './routes.ts'

/** The last answer to a request, whatever its status, or its absence. */
export type Answer = RequestResult & {
  readonly data: unknown
  /** The server's time of the answer, or the best estimate of it. */
  readonly date: Date
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** GitHub's only success statuses; other pages come from elsewhere, such as a proxy. */
const successes: Record<Method, readonly number[]> = {
  GET: [200],
  POST: [201],
  PATCH: [200],
  PUT: [201, 204],
  DELETE: [204],
}

export function methodOf(route: Route): Method {
  const [method] = route.split(' ') as [Method]
  return method
}

/** Whether GitHub confirms that it did what the request asked for. */
export function isDone(route: Route, status: number, data: unknown): boolean {
  const method = methodOf(route)
  // GitHub answers these with JSON; any other page with a good status is not its own.
  const needsAnswer = method !== 'PUT' && method !== 'DELETE'
  const hasAnswer = typeof data === 'object' && data !== null
  return successes[method].includes(status) && (hasAnswer || !needsAnswer)
}

export function isSuccess(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.isSuccess
}

/** What a success holds, if it is what it should be. */
export function dataOf<T>(answer: Answer, read: Read<T>): T | undefined {
  if (!isSuccess(answer)) return undefined
  try {
    return read(answer.data)
  } catch {
    return undefined
  }
}

/** Continues a sentence that begins with "GitHub". */
export function describeAnswer(answer: RequestResult): string {
  switch (answer.kind) {
    case 'no-credential':
      return 'was not asked'
    case 'no-answer':
      return describeSilence(answer.reason)
    case 'answer': {
      const message = answer.quoteMessage?.() ?? ''
      return `answered ${answer.status}${message && ` "${message}"`}`
    }
  }
}

function describeSilence(reason: string): string {
  switch (reason) {
    case 'TimeoutError':
      return 'did not answer in time'
    case 'AnswerTooLong':
      return 'answered with more than 1 MiB, which was not read'
    case 'AnswerCutShort':
      return 'sent an incomplete answer'
    default:
      return `could not be reached (${reason})`
  }
}
