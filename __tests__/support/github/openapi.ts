import { readFileSync } from 'node:fs'

import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: object
}

interface Body {
  readonly required?: boolean
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface OperationDescription {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body>>
}

/** An operation of GitHub's API, found by the request for it. */
export interface Operation {
  readonly id: string
  readonly parameters: Readonly<Record<string, string>>
  readonly description: OperationDescription
}

interface Path {
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly operations: Readonly<Record<string, OperationDescription>>
}

const document = JSON.parse(
  readFileSync(new URL('openapi.json', import.meta.url), 'utf8').replaceAll(
    '"#/components/',
    '"github#/components/',
  ),
  writeNullOut,
) as {
  paths: Record<string, Record<string, OperationDescription>>
  components: Record<string, Record<string, unknown>>
}

// OpenAPI 3.0 is not quite JSON Schema, so Ajv must not be strict about it.
const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
addFormats.default(ajv)
const ajvForText = new Ajv({
  strict: false,
  logger: false,
  coerceTypes: true,
})
for (const each of [ajv, ajvForText]) {
  each.addSchema({ $id: 'github', components: document.components })
}

const basicError = { $ref: 'github#/components/schemas/basic-error' }

const validators = new Map<object, ValidateFunction>()

const paths: readonly Path[] = Object.entries(document.paths).map(
  ([template, operations]) => ({
    pattern: new RegExp(
      `^${template
        .replace('{ref}', '(.+)') // refs have slashes, encoded or not
        .replaceAll(/\{[^}]+\}/g, '([^/]+)')}$`,
    ),
    names: [...template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? ''),
    operations,
  }),
)

/** Finds the operation that a request asks for. */
export function findOperation(
  method: string,
  path: string,
): Operation | undefined {
  const [pathname = ''] = path.split('?')
  for (const { pattern, names, operations } of paths) {
    const values = pattern.exec(pathname)
    const description = operations[method.toLowerCase()]
    if (values === null || description === undefined) continue
    // `public-key` is a path of its own, not a secret of that name.
    if (values.includes('public-key')) continue
    return {
      id: description.operationId,
      description,
      parameters: Object.fromEntries(
        names.map((name, index) => [
          name,
          decodeURIComponent(values[index + 1] ?? ''),
        ]),
      ),
    }
  }
  return undefined
}

/** What GitHub's description does not allow about a request. */
export function checkRequest(
  operation: Operation,
  query: URLSearchParams,
  body: string,
): string[] {
  const { description } = operation
  const parameters = (description.parameters ?? []).map(dereference)
  return [
    ...parameters.flatMap((parameter) => {
      const value =
        parameter.in === 'path'
          ? operation.parameters[parameter.name]
          : query.get(parameter.name)
      if (value === null || value === undefined) {
        return parameter.required ? [`${parameter.name} is missing`] : []
      }
      return problemsOf(ajvForText, parameter.schema, { value }, 'value')
    }),
    ...[...query.keys()]
      .filter(
        (name) =>
          !parameters.some((each) => each.in === 'query' && each.name === name),
      )
      .map((name) => `query parameter ${name} is not described`),
    ...checkRequestBody(description.requestBody, body),
  ]
}

function checkRequestBody(described: Body | undefined, body: string): string[] {
  const schema = schemaOf(described)
  if (body === '' && !described?.required) return []
  if (schema === undefined) return ['a body is not described']
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return ['the body is not JSON']
  }
  const known = Object.keys(
    (schema as { properties?: object }).properties ?? {},
  )
  return [
    ...problemsOf(ajv, schema, value),
    ...Object.keys(value as object)
      .filter((name) => !known.includes(name))
      .map((name) => `property ${name} is not described`),
  ]
}

/** What GitHub's description does not allow about an answer of the stand-in. */
export function checkAnswer(
  operation: Operation,
  status: number,
  body: unknown,
): string[] {
  if (status >= 400) {
    // Errors are hardly described per operation; all have this shape.
    return problemsOf(ajv, basicError, body)
  }
  const described = operation.description.responses[String(status)]
  if (described === undefined) return [`status ${status} is not described`]
  const schema = schemaOf(described)
  if (schema === undefined) {
    return body === undefined ? [] : [`a body with ${status} is not described`]
  }
  return problemsOf(ajv, schema, body)
}

/** Ajv knows `nullable` beside a type only. */
function writeNullOut(_: string, value: unknown): unknown {
  const { nullable, type, anyOf } = (value ?? {}) as {
    nullable?: boolean
    type?: string
    anyOf?: readonly object[]
  }
  return nullable && type === undefined && anyOf !== undefined
    ? { anyOf: [...anyOf, { type: 'null' }] }
    : value
}

function schemaOf(body: Body | undefined): object | undefined {
  return body?.content?.['application/json']?.schema
}

function dereference(parameter: Parameter): Parameter {
  const reference = (parameter as { $ref?: string }).$ref
  if (reference === undefined) return parameter
  const [, , kind = '', name = ''] = reference.split('/')
  return document.components[kind]?.[name] as Parameter
}

function problemsOf(
  validator: Ajv,
  schema: object,
  value: unknown,
  property?: string,
): string[] {
  let validate = validators.get(schema)
  if (validate === undefined) {
    validate = validator.compile(
      property === undefined
        ? schema
        : { type: 'object', properties: { [property]: schema } },
    )
    validators.set(schema, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || 'value'} ${message}`,
  )
}
