/** The variables of node that decide what it gives away. */
export type Environment = Readonly<
  Partial<
    Record<
      'NODE_TLS_REJECT_UNAUTHORIZED' | 'NODE_DEBUG' | 'NODE_OPTIONS',
      string | undefined
    >
  >
>

/** What in the environment would give secrets away, as sentences. */
export function refuseEnvironment({
  NODE_TLS_REJECT_UNAUTHORIZED,
  NODE_DEBUG = '',
  NODE_OPTIONS = '',
}: Environment): string[] {
  // Node takes `_` for `-`.
  const [option] =
    /--(?:heapsnapshot|tls[-_]keylog|inspect)[\w-]*/.exec(NODE_OPTIONS) ?? []
  return [
    ...(NODE_TLS_REJECT_UNAUTHORIZED === '0'
      ? [
          "NODE_TLS_REJECT_UNAUTHORIZED is 0 in the environment of the job, which asks for connections to anybody at all. Take it out; 'ca-certificates' and NODE_EXTRA_CA_CERTS trust a CA of your own.",
        ]
      : []),
    ...(NODE_DEBUG === ''
      ? []
      : [
          'NODE_DEBUG is set in the environment of the job: node would print what goes over its connections, keys included. Take it out.',
        ]),
    ...(option === undefined
      ? []
      : [
          `NODE_OPTIONS has ${option} in the environment of the job: node would give away what it holds in memory, or what opens its connections. Take it out.`,
        ]),
  ]
}
