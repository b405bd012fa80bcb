import type { Clock } from '../clock.ts'
import { SecretStore } from './secret-store.ts'

/** What GitHub keeps secrets for; each has stores and keys of its own. */
export type StoreName = 'actions' | 'dependabot' | 'codespaces' | 'agents'

/** The stores of one repository or organization. */
export type Stores = Readonly<Record<StoreName, SecretStore>>

/**
 * Only Actions has another limit for organizations. For Dependabot and agents
 * GitHub names none, so theirs are guesses.
 *
 * @see https://docs.github.com/en/actions/reference/security/secrets
 */
export function createStores(clock: Clock, mostForActions: number): Stores {
  return {
    actions: new SecretStore(clock, mostForActions),
    dependabot: new SecretStore(clock, 100),
    codespaces: new SecretStore(clock, 100),
    agents: new SecretStore(clock, 100),
  }
}
