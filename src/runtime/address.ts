/**
 * Parses the URL of a server that will receive secrets: `https:`, or `http:` on this
 * machine only.
 *
 * @returns the URL, or what is wrong with the text
 */
export function parseEndpointUrl(text: string): URL | string {
  const url = URL.parse(text)
  if (url === null) return 'is not a URL'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return 'is not an https: URL'
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    return 'is an http: URL; secrets are sent over https: only'
  }
  if (url.username !== '' || url.password !== '') {
    return 'contains a user name or password'
  }
  // RFC 6749 section 3.2: the endpoint URI must not include a fragment.
  if (url.hash !== '' || text.includes('#')) return 'has a fragment (#)'
  return url
}

/** Whether a URL leads to this machine, without a DNS lookup. */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
