import type { Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/discord/discord-api-docs/blob/c98d64bc/developers/topics/oauth2.mdx
 * - https://github.com/discord/discord-api-docs/blob/c98d64bc/developers/discord-social-sdk/development-guides/account-linking-with-discord.mdx
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/discord/discord-api-docs/issues/5942
 * - https://github.com/member-gentei/member-gentei/issues/18
 */
export const provider: Provider = {
  name: 'Discord',
  documentation: 'https://discord.com/developers/docs/topics/oauth2',
  tokenEndpoint: 'https://discord.com/api/oauth2/token',
  clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
  rotationClass: 'strict',
  whoAmI: 'https://discord.com/api/users/@me',
}
