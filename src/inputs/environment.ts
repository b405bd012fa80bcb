/** The variables that a process is given, besides its inputs. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What in the environment would give secrets away, as sentences. */
export function refuseEnvironment(environment: Environment): string[] {
  return environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? [
        "NODE_TLS_REJECT_UNAUTHORIZED is 0 in the environment of the job, which asks for connections to anybody at all. Take it out; 'ca-certificates' and NODE_EXTRA_CA_CERTS trust a CA of your own.",
      ]
    : []
}
