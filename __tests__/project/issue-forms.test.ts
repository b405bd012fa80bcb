import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'

import {
  credentialStates,
  rotationErrorCodes,
} from '../../src/rotation/outcome/errors.ts'
import { find, read } from './files.ts'
import { outcomes } from '../../src/rotation/outcome/outcome.ts'
import { rotationClasses } from '../../src/rotation/record/rotation-class.ts'

interface Element {
  readonly type: string
  readonly id?: string
  readonly attributes: {
    readonly label?: string
    readonly value?: string
    readonly options?: readonly (string | { readonly label: string })[]
  }
  readonly validations?: { readonly required: boolean }
}

interface Form {
  readonly name: string
  readonly description: string
  readonly labels: readonly string[]
  readonly body: readonly Element[]
}

const folder = '.github/ISSUE_TEMPLATE'
const config = `${folder}/config.yml`
const files = find(`${folder}/*`).filter((file) => file !== config)

function form(file: string): Form {
  return parse(read(file)) as Form
}

function object(
  properties: Readonly<Record<string, object>>,
  ...required: string[]
): object {
  return { type: 'object', additionalProperties: false, properties, required }
}

// Not empty, and not white space alone.
const text = { type: 'string', pattern: '\\S' }
const truth = { type: 'boolean' }
const field = { label: text, description: text }

function element(
  type: string,
  attributes: object,
  rest: Readonly<Record<string, object>>,
): object {
  return object(
    { type: { const: type }, attributes, ...rest },
    'type',
    'attributes',
  )
}

function listOf(items: object): object {
  return { type: 'array', minItems: 1, uniqueItems: true, items }
}

const id = { type: 'string', pattern: '^[A-Za-z0-9_-]+$' }
const validations = object({ required: truth })
const textField = { ...field, placeholder: text, value: text }

/**
 * What GitHub says of its forms. One that does not keep to it is not shown, and
 * nobody is told.
 *
 * @see https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
 * @see https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
 */
const formSchema = object(
  {
    // Shorter ones are not shown.
    name: { type: 'string', minLength: 4 },
    description: text,
    title: text,
    labels: listOf(text),
    assignees: listOf(text),
    projects: listOf(text),
    type: text,
    body: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          element('markdown', object({ value: text }, 'value'), {}),
          element('input', object(textField, 'label'), { id, validations }),
          element('textarea', object({ ...textField, render: text }, 'label'), {
            id,
            validations,
          }),
          element(
            'dropdown',
            object(
              {
                ...field,
                multiple: truth,
                default: { type: 'integer', minimum: 0 },
                options: listOf(text),
              },
              'label',
              'options',
            ),
            { id, validations },
          ),
          element(
            'checkboxes',
            object(
              {
                ...field,
                options: listOf(
                  object({ label: text, required: truth }, 'label'),
                ),
              },
              'label',
              'options',
            ),
            { id },
          ),
        ],
      },
    },
  },
  'name',
  'description',
  'body',
)

const configSchema = object({
  blank_issues_enabled: truth,
  contact_links: listOf(
    object({ name: text, url: text, about: text }, 'name', 'url', 'about'),
  ),
})

function problems(schema: object, content: unknown): string[] {
  const ajv = new Ajv({ discriminator: true, allErrors: true })
  ajv.validate(schema, content)
  return (ajv.errors ?? []).map(
    ({ instancePath, message = '' }) => `${instancePath} ${message}`,
  )
}

function optionsOf(file: string, name: string): string[] {
  const found = form(file).body.find(({ id }) => id === name)
  return (found?.attributes.options ?? []).map((option) =>
    typeof option === 'string' ? option : option.label,
  )
}

test('there are three forms, and no way around them but for a vulnerability', () => {
  expect(files.sort()).toEqual([
    `${folder}/1-bug.yml`,
    `${folder}/2-provider.yml`,
    `${folder}/3-feature.yml`,
  ])
  const content: unknown = parse(read(config))
  expect(problems(configSchema, content)).toEqual([])
  expect(content).toEqual({
    blank_issues_enabled: false,
    contact_links: [
      expect.objectContaining({
        url: 'https://github.com/rotate-token/rotate-token/security/advisories/new',
      }),
    ],
  })
})

describe.each(files)('%s', (file) => {
  const { body } = form(file)
  const fields = body.filter(({ type }) => type !== 'markdown')

  test('is a form as GitHub reads it', () => {
    expect(problems(formSchema, form(file))).toEqual([])
  })

  test('asks for each thing once, and each can be filled in by a link', () => {
    expect(fields.length).toBeGreaterThan(0)
    const ids = fields.map(({ id }) => id)
    expect(ids).not.toContain(undefined)
    expect(new Set(ids).size).toBe(ids.length)
    const labels = fields.map(({ attributes }) => attributes.label)
    expect(new Set(labels).size).toBe(labels.length)
  })

  test('asks in no words that GitHub may refuse', () => {
    const typed = fields.filter(({ type }) => /^(input|textarea)$/.test(type))
    const secret = /password|passphrase|token|secret|credential|\bkey\b/i
    const labels = typed.map(({ attributes: { label = '' } }) => label)
    expect(labels.filter((label) => secret.test(label))).toEqual([])
    const options = fields.flatMap(({ id = '' }) => optionsOf(file, id))
    expect(options.filter((option) => /^none$/i.test(option))).toEqual([])
  })
})

describe('the form about a run', () => {
  const file = `${folder}/1-bug.yml`

  test('knows every outcome', () => {
    const options = optionsOf(file, 'outcome')
    expect(options).toEqual([...outcomes, 'There was no outcome'])
  })

  test('knows every error code', () => {
    expect(optionsOf(file, 'error-code')).toEqual([...rotationErrorCodes])
  })

  test('knows every credential state', () => {
    const options = optionsOf(file, 'credential-state')
    expect(options).toEqual([
      ...credentialStates,
      'There was no credential state',
    ])
  })

  test('cannot be sent without what everybody is asked for first', () => {
    const required = form(file)
      .body.filter(({ validations }) => validations?.required)
      .map(({ id }) => id)
    expect(required).toEqual(
      expect.arrayContaining([
        'version',
        'outcome',
        'credential-state',
        'provider',
        'system',
      ]),
    )
  })

  test('warns of showing a token before it asks for anything', () => {
    const [first] = form(file).body
    expect(first?.type).toBe('markdown')
    expect(first?.attributes.value).toMatch(/never paste a token.*sealed copy/i)
  })
})

test('the form about a provider knows every class', () => {
  expect(optionsOf(`${folder}/2-provider.yml`, 'rotation-class')).toEqual([
    ...rotationClasses,
    'I do not know',
  ])
})
