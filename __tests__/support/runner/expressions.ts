import { Evaluator, Lexer, Parser, data } from '@actions/expressions'

/** `github`, `secrets`, `steps` and the like. */
export interface Contexts {
  readonly [name: string]: string | Contexts
}

/** Replaces each `${{ ... }}` by its value, with GitHub's own evaluator. */
export function evaluate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const parsed = new Parser(
      new Lexer(expression.trim()).lex().tokens,
      Object.keys(contexts),
      [],
    ).parse()
    return new Evaluator(parsed, dictionary(contexts)).evaluate().coerceString()
  })
}

function dictionary(contexts: Contexts): data.Dictionary {
  return new data.Dictionary(
    ...Object.entries(contexts).map(([key, value]) => ({
      key,
      value:
        typeof value === 'string'
          ? new data.StringData(value)
          : dictionary(value),
    })),
  )
}
