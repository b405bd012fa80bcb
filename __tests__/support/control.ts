import type { IncomingMessage, ServerResponse } from 'node:http'

import { readJson, sendJson } from './http-server.ts'

/** What a stand-in can be told from outside its process, by name. */
export type Commands = Readonly<Record<string, (input: never) => unknown>>

/**
 * Carries out `POST /_control/<command>` with a JSON body as input.
 *
 * @returns false when the request is not for the control interface
 */
export async function answerControl(
  commands: Commands,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const [, name] = /^\/_control\/([\w-]+)$/.exec(request.url ?? '') ?? []
  if (name === undefined) return false
  const command = commands[name]
  if (command === undefined || request.method !== 'POST') {
    sendJson(response, 404, { commands: Object.keys(commands) })
    return true
  }
  try {
    const result = await command((await readJson(request)) as never)
    sendJson(response, 200, result ?? null)
  } catch (error) {
    sendJson(response, 400, { error: String(error) })
  }
  return true
}
