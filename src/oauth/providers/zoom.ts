import { DAY_SECONDS, type Provider } from '../provider.ts'

/**
 * Read 2026-11:
 * - https://github.com/NangoHQ/nango/blob/2f4c0af671/packages/providers/providers.yaml
 * - https://github.com/golang/oauth2/blob/89ff2e1/endpoints/endpoints.go
 * - https://github.com/anthropics/knowledge-work-plugins/blob/HEAD/partner-built/zoom-plugin/skills/oauth/concepts/token-lifecycle.md
 * - https://github.com/anthropics/knowledge-work-plugins/blob/HEAD/partner-built/zoom-plugin/skills/oauth/SKILL.md
 */
export const provider: Provider = {
  name: 'Zoom',
  documentation: 'https://developers.zoom.us/docs/integrations/oauth/',
  tokenEndpoint: 'https://zoom.us/oauth/token',
  clientAuthMethods: ['client_secret_basic'],
  rotationClass: 'strict',
  refreshTokenIdleSeconds: 90 * DAY_SECONDS,
  whoAmI: 'https://api.zoom.us/v2/users/me',
}
