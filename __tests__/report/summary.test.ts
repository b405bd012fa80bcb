import { describe, expect, test } from '@jest/globals'
import { marked } from 'marked'

import { renderSummary } from '../../src/report/summary.ts'
import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'

const report: RotationReport = {
  outcome: 'rotated',
  credentialState: 'stored',
  verdict: 'All is well.',
  remedy: '',
  places: [
    { label: 'secret A', content: 'refresh token', status: 'written' },
    { label: 'secret B', content: 'access token', status: 'not written' },
  ],
}

/** The HTML that GitHub makes of it, but for the sanitizing. */
function render(changes: Partial<RotationReport> = {}): string {
  const html = marked.parse(renderSummary({ ...report, ...changes }), {
    gfm: true,
    async: false,
  })
  // What nobody sees: GitHub drops them.
  return html.replaceAll('<!-- -->', '')
}

/** The cells of all tables, row by row. */
function cells(html: string): string[][] {
  return [...html.matchAll(/<tr>([^]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell.replaceAll(/<\/?\w+>/g, ''),
    ),
  )
}

describe('the summary', () => {
  test('is one sentence, the state of the credential, and the places', () => {
    const html = render({ expiresAt: new Date('2026-01-05T04:17:04Z') })
    expect(html).toContain('<h3>✅ Rotated</h3>')
    expect(html).toContain('<p>All is well.</p>')
    expect(html).not.toContain('What to do now')
    expect(cells(html)).toEqual([
      ['Outcome', 'rotated'],
      ['Credential', 'stored: The newest refresh token is stored.'],
      ['Access token expires', '2026-01-05 04:17:04 UTC'],
      ['Place', 'Holds', 'Result'],
      ['secret A', 'the refresh token', 'written'],
      ['secret B', 'the access token', 'not written'],
    ])
  })

  test('of a failure says what to do before all details', () => {
    const html = render({
      outcome: 'failed',
      errorCode: 'PERMISSION_MISSING',
      credentialState: 'lost',
      remedy: 'Do it by hand: `gh secret set A`.',
    })
    expect(html).toContain('<h3>❌ Failed, the refresh token is lost</h3>')
    expect(html).toContain(
      '<strong>What to do now:</strong> Do it by hand: <code>gh secret set A</code>.',
    )
    expect(html.indexOf('What to do')).toBeLessThan(html.indexOf('<table>'))
    expect(cells(html)).toContainEqual(['Error', 'PERMISSION_MISSING'])
  })

  test('keeps its form whatever names and messages hold', () => {
    const odd = '*a* _b_ | [c](d) <img src=x> &amp; ~~e~~ \\ #f'
    const html = render({
      verdict: odd,
      places: [{ label: odd, content: 'access token', status: 'untouched' }],
    })
    expect(html).not.toMatch(/<(img|em|a|del)\b/)
    const shown = '*a* _b_ | [c](d) &lt;img src=x&gt; &amp;amp; ~~e~~ \\ #f'
    expect(html).toContain(`<p>${shown}</p>`)
    expect(cells(html).at(-1)).toEqual([
      shown,
      'the access token',
      'not touched',
    ])
  })

  test.each([
    'https://evil.example/x?a=b',
    'HTTP://evil.example',
    'www.evil.example',
    'someone@evil.example',
    '[click](https://evil.example)',
    '![x](https://evil.example/pixel.png)',
    '<https://evil.example>',
    '<a href="https://evil.example">here</a>',
    '# heading',
    'a | b',
  ])('makes no link, image or heading of %s', (text) => {
    const html = render({ verdict: text, remedy: `It said "${text}".` })
    expect(html).not.toMatch(/<(a|img|h1)\b/)
  })

  test.each(['@octocat', '@acme/team', '#4711', 'acme/web#4711', 'GH-4711'])(
    'mentions nobody and nothing: %s',
    (text) => {
      const markdown = renderSummary({ ...report, verdict: text })
      expect(markdown).toContain('<!-- -->')
      expect(markdown).not.toContain(text)
      expect(render({ verdict: text })).toContain(`<p>${text}</p>`)
    },
  )

  test('says which places got the previous access token back', () => {
    const html = render({
      outcome: 'partial',
      places: [
        { label: 'secret A', content: 'access token', status: 'put back' },
      ],
    })
    expect(cells(html).at(-1)).toEqual([
      'secret A',
      'the access token',
      'the previous one was put back',
    ])
  })

  test('shows a list of problems as a list', () => {
    const html = render({ verdict: '2 things are wrong:\n- one\n- two\n' })
    expect(html.match(/<li>/g)).toHaveLength(2)
  })

  test('without places has no table of them', () => {
    expect(cells(render({ places: [] }))).toHaveLength(2)
  })
})
