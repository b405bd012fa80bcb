/** Node's variables that decide what it exposes. */
export type Environment = Readonly<
  Partial<
    Record<
      'NODE_TLS_REJECT_UNAUTHORIZED' | 'NODE_DEBUG' | 'NODE_OPTIONS',
      string | undefined
    >
  >
>

/** What in the environment would expose secrets, as sentences. */
export function refuseEnvironment({
  NODE_TLS_REJECT_UNAUTHORIZED,
  NODE_DEBUG = '',
  NODE_OPTIONS = '',
}: Environment): string[] {
  // Node accepts `_` for `-`.
  const [option] =
    /--(?:heapsnapshot|tls[-_]keylog|inspect)[\w-]*/.exec(NODE_OPTIONS) ?? []
  return [
    ...(NODE_TLS_REJECT_UNAUTHORIZED === '0'
      ? [
          "NODE_TLS_REJECT_UNAUTHORIZED is 0 in the environment of the job, which tells node not to verify certificates. Remove it; to trust a CA of your own, use 'ca-certificates' or NODE_EXTRA_CA_CERTS.",
        ]
      : []),
    ...(NODE_DEBUG === ''
      ? []
      : [
          'NODE_DEBUG is set in the environment of the job: node would print what goes over its connections, keys included. Remove it.',
        ]),
    ...(option === undefined
      ? []
      : [
          `NODE_OPTIONS contains ${option} in the environment of the job: node would expose its memory or the keys of its connections. Remove it.`,
        ]),
  ]
}
