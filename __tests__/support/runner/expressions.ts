import { Evaluator, Lexer, Parser, data } from '@actions/expressions'

/** `github`, `secrets`, `job` and the like. */
export type Contexts = Readonly<
  Record<string, Readonly<Record<string, string>>>
>

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
    ...Object.entries(contexts).map(([key, values]) => ({
      key,
      value: new data.Dictionary(
        ...Object.entries(values).map(([name, value]) => ({
          key: name,
          value: new data.StringData(value),
        })),
      ),
    })),
  )
}
